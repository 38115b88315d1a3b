import { z } from 'zod';
import { parseHttpUrl } from '../network/url.ts';
import { type ApiKey, keyVariables } from './keys.ts';
import { isNetwork, list, wholeNumber } from './values.ts';

/** Whose X-Forwarded-For is trusted: no one's, that many proxies', or those at these addresses. */
export type TrustProxy = false | number | readonly string[];

export interface AccessConfig {
  /** Empty: the API is open. */
  readonly apiKeys: readonly ApiKey[];
  /** For `/metrics`; here `tenant` is only a name. */
  readonly operatorKeys: readonly ApiKey[];
  /** Per tenant or address; 0: no limit. */
  readonly uploadsPerMinute: number;
  readonly readsPerMinute: number;
  readonly downloadsPerMinute: number;
  readonly trustProxy: TrustProxy;
  /** Origins whose pages may call the API; empty: only its own. */
  readonly corsOrigins: readonly string[];
}

/** A CIDR, an address, or one of Express' names for ranges. */
const isProxy = (text: string): boolean => ['loopback', 'linklocal', 'uniquelocal'].includes(text) || isNetwork(text);

/** `true` is rejected: it would trust every X-Forwarded-For, so that clients could choose their own address. */
const trustProxy = z
  .string()
  .transform((text): TrustProxy => {
    if (text === 'false' || text === '0') return false;
    return /^\d+$/.test(text) ? Number(text) : text.split(',').map((item) => item.trim());
  })
  .refine(
    (value) => (typeof value === 'number' ? value <= 10 : value === false || value.every(isProxy)),
    'must be the number of proxies in front (1 to 10), or their addresses, comma-separated',
  )
  .default(false);

const isOrigin = (text: string): boolean => text === '*' || parseHttpUrl(text)?.origin === text;

export const accessVariables = z.object({
  ...keyVariables.shape,
  RATE_LIMIT_UPLOADS_PER_MINUTE: wholeNumber(600, 0, 1_000_000).describe(
    'Uploads per minute for each tenant, or each address without keys. `0`: no limit.',
  ),
  RATE_LIMIT_READS_PER_MINUTE: wholeNumber(60_000, 0, 100_000_000).describe(
    'Statuses, lists and deliveries per minute, counted the same way.',
  ),
  RATE_LIMIT_DOWNLOADS_PER_MINUTE: wholeNumber(3_000, 0, 1_000_000).describe(
    'Output CSVs and archives per minute, counted the same way.',
  ),
  TRUST_PROXY: trustProxy.describe(
    'Number of proxies in front, or their addresses, whose `X-Forwarded-For` is trusted.',
  ),
  CORS_ORIGINS: list
    .refine(
      (origins) => origins.every(isOrigin),
      'must be origins such as https://shop.example without a path, comma-separated, or *',
    )
    .describe('Origins whose pages may call the API, comma-separated. `*`: all. Empty: none.'),
});

export const accessOf = (value: z.infer<typeof accessVariables>): AccessConfig => ({
  apiKeys: value.API_KEYS,
  operatorKeys: value.OPERATOR_KEYS,
  uploadsPerMinute: value.RATE_LIMIT_UPLOADS_PER_MINUTE,
  readsPerMinute: value.RATE_LIMIT_READS_PER_MINUTE,
  downloadsPerMinute: value.RATE_LIMIT_DOWNLOADS_PER_MINUTE,
  trustProxy: value.TRUST_PROXY,
  corsOrigins: value.CORS_ORIGINS,
});
