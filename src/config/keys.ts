import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DEFAULT_TENANT } from '../requests/tenant.ts';
import { list } from './values.ts';

/** A key without its text, so that nothing with access to the configuration can leak it. */
export interface ApiKey {
  readonly tenant: string;
  /** SHA-256, lowercase hexadecimal. */
  readonly digest: string;
  /** Short enough to be guessed; false for a key given as a hash. */
  readonly short: boolean;
}

const SAFE_KEY_CHARACTERS = 16;
const TENANT = /^[\w.-]{1,64}$/;
/** Valid in a header and without spaces, because keys are sent in `Authorization` and `X-Api-Key`. */
const KEY = /^[\x21-\x7e]{1,512}$/;
const HASH = /^sha256:/i;
const HASHED_KEY = /^sha256:([0-9a-f]{64})$/i;

/**
 * `KEY`, `tenant:KEY`, `sha256:<hex>` or `tenant:sha256:<hex>`. The text before the first colon is the tenant, so a key
 * containing a colon needs its tenant (`default:a:b`), and `sha256` cannot be a tenant.
 * @returns the key, or an error message that does not contain it
 */
const readKey = (text: string): ApiKey | string => {
  const colon = HASH.test(text) ? -1 : text.indexOf(':');
  const tenant = colon === -1 ? DEFAULT_TENANT : text.slice(0, colon);
  const key = text.slice(colon + 1);
  if (!TENANT.test(tenant)) {
    return 'has an invalid tenant before its first colon (1 to 64 letters, digits, "-", "_" or "."); write a key containing a colon as default:KEY';
  }
  if (HASH.test(key)) {
    const digest = HASHED_KEY.exec(key)?.[1];
    return digest === undefined
      ? 'must have 64 hexadecimal digits after sha256:'
      : { tenant, digest: digest.toLowerCase(), short: false };
  }
  if (!KEY.test(key)) return 'must be a key of 1 to 512 printable ASCII characters without spaces';
  const digest = createHash('sha256').update(key).digest('hex');
  return { tenant, digest, short: key.length < SAFE_KEY_CHARACTERS };
};

/** Comma-separated keys; errors give the position of an entry, because its text may contain the key. */
export const keys = list.transform((entries, context): readonly ApiKey[] => {
  const known = new Map<string, ApiKey & { readonly place: number }>();
  for (const [index, entry] of entries.entries()) {
    const place = index + 1;
    const key = readKey(entry);
    const before = typeof key === 'string' ? undefined : known.get(key.digest);
    if (typeof key === 'string') {
      context.addIssue({ code: 'custom', message: `is invalid at entry ${place}, which ${key}` });
    } else if (before === undefined) known.set(key.digest, { ...key, place });
    else if (before.tenant !== key.tenant) {
      const message = `has the same key for two tenants, at entries ${before.place} and ${place}`;
      context.addIssue({ code: 'custom', message });
    }
  }
  return [...known.values()].map(({ place: _, ...key }) => key);
});

/** A key is for either the API or the metrics. */
export const keyErrors = (value: {
  readonly API_KEYS: readonly ApiKey[];
  readonly OPERATOR_KEYS: readonly ApiKey[];
}): string[] =>
  value.OPERATOR_KEYS.some(({ digest }) => value.API_KEYS.some((key) => key.digest === digest))
    ? ['OPERATOR_KEYS contains a key that is also in API_KEYS; use a separate key for the operator']
    : [];

export const keyVariables = z.object({
  API_KEYS: keys.describe(
    '`KEY` or `tenant:KEY`, comma-separated, a key also as `sha256:<hex>`. Empty: the API is open.',
  ),
  OPERATOR_KEYS: keys.describe(
    'Keys for `/metrics`, written the same way. With `API_KEYS` set and none of these, it is closed.',
  ),
});
