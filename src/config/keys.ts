import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DEFAULT_TENANT } from '../requests/tenant.ts';
import { list } from './values.ts';

/** A key as it is known here: never itself, so that nothing which holds the configuration can show it. */
export interface ApiKey {
  readonly tenant: string;
  /** SHA-256 in small hexadecimal digits. */
  readonly digest: string;
  /** Short enough to be guessed by someone who may try often; a key that was given as its hash is taken for a long one. */
  readonly short: boolean;
}

const SAFE_KEY_CHARACTERS = 16;
const TENANT = /^[\w.-]{1,64}$/;
/** What a header can carry, without spaces: keys travel in `Authorization` and `X-Api-Key`. */
const KEY = /^[\x21-\x7e]{1,512}$/;
const HASH = /^sha256:/i;
const HASHED_KEY = /^sha256:([0-9a-f]{64})$/i;

/**
 * `KEY`, `tenant:KEY`, `sha256:<hex>` or `tenant:sha256:<hex>`. All before the first colon is the tenant, so a key with a
 * colon in it needs its tenant in front (`default:a:b`), and `sha256` is no tenant's name.
 * @returns for people: what is wrong, without a word of the key
 */
const readKey = (text: string): ApiKey | string => {
  const colon = HASH.test(text) ? -1 : text.indexOf(':');
  const tenant = colon === -1 ? DEFAULT_TENANT : text.slice(0, colon);
  const key = text.slice(colon + 1);
  if (!TENANT.test(tenant)) {
    return 'has something before its first colon that is no name of a tenant: 1 to 64 letters, digits, "-", "_" or "."; write a key that has a colon as default:KEY';
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

/** Comma-separated keys; faults name an entry by its place, as its text may hold the key. */
export const keys = list.transform((entries, context): readonly ApiKey[] => {
  const known = new Map<string, ApiKey & { readonly place: number }>();
  for (const [index, entry] of entries.entries()) {
    const place = index + 1;
    const key = readKey(entry);
    const before = typeof key === 'string' ? undefined : known.get(key.digest);
    if (typeof key === 'string') {
      context.addIssue({ code: 'custom', message: `is wrong at entry ${place}, which ${key}` });
    } else if (before === undefined) known.set(key.digest, { ...key, place });
    else if (before.tenant !== key.tenant) {
      const message = `has the same key for two tenants, at entries ${before.place} and ${place}`;
      context.addIssue({ code: 'custom', message });
    }
  }
  return [...known.values()].map(({ place: _, ...key }) => key);
});

/** A key opens either the API or the metrics. */
export const keyFaults = (value: {
  readonly API_KEYS: readonly ApiKey[];
  readonly OPERATOR_KEYS: readonly ApiKey[];
}): string[] =>
  value.OPERATOR_KEYS.some(({ digest }) => value.API_KEYS.some((key) => key.digest === digest))
    ? ['OPERATOR_KEYS has a key that is also in API_KEYS; give the operator one of its own']
    : [];

export const keyVariables = z.object({
  API_KEYS: keys.describe(
    '`KEY` or `tenant:KEY`, comma-separated, a key also as `sha256:<hex>`. Empty: the API is open.',
  ),
  OPERATOR_KEYS: keys.describe(
    'Keys for `/metrics`, written the same way. With `API_KEYS` set and none of these, it is closed.',
  ),
});
