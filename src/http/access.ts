import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors.ts';
import { addressOf, type Caller } from './client.ts';
import { createClientCounts } from './readers/client-counts.ts';

/** A key, known only by its digest. */
export interface KnownKey {
  readonly tenant: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

export interface AccessKeys {
  /** Empty: the API is open. */
  readonly apiKeys: readonly KnownKey[];
  /** For `/metrics` only. */
  readonly operatorKeys: readonly KnownKey[];
}

const MINUTE_MS = 60_000;
/** Calls with a wrong key per minute and address. */
export const WRONG_KEYS = 60;

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The name of a key in the log: enough to distinguish keys, too little to guess one. */
const nameOf = ({ digest }: KnownKey): string => digest.slice(0, 8);

/**
 * Counts calls with wrong keys per address and rejects those above the limit with 429. Valid keys are never limited,
 * because many users may share one address (decision 0042). Counted per process.
 * @throws AppError `rate_limited`
 */
const createWrongKeys = () => {
  const counts = createClientCounts(MINUTE_MS);
  return (req: Request, res: Response): void => {
    const address = addressOf(req);
    const { totalHits, resetTime } = counts.increment(address);
    if (totalHits <= WRONG_KEYS) return;
    if (totalHits === WRONG_KEYS + 1) req.log.warn({ from: address }, 'too many calls with wrong API keys');
    res.set('Retry-After', String(Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000))));
    throw new AppError(
      'rate_limited',
      `More than ${WRONG_KEYS} calls per minute with wrong API keys from this address. Check the key, and retry after the time given in Retry-After.`,
    );
  };
};

/**
 * Identifies the caller by `Authorization: Bearer KEY` or `X-Api-Key: KEY`.
 * Compares digests, and always all of them, so that timing reveals neither the length nor a correct prefix of a key.
 * @throws AppError `unauthorized`, `rate_limited`
 */
const createIdentify = ({ apiKeys, operatorKeys }: AccessKeys) => {
  const known = [
    ...apiKeys.map((key) => ({ digest: Buffer.from(key.digest, 'hex'), tenant: key.tenant, key: nameOf(key) })),
    ...operatorKeys.map((key) => ({ digest: Buffer.from(key.digest, 'hex'), tenant: null, key: nameOf(key) })),
  ];
  const countWrong = createWrongKeys();
  return (req: Request, res: Response, missing?: string): Caller => {
    const given = keyOf(req);
    const digest = digestOf(given ?? '');
    const [match] = known.filter((key) => timingSafeEqual(key.digest, digest));
    if (given !== null && match === undefined) countWrong(req, res);
    if (given === null || match === undefined) {
      const reason = given === null ? '' : ', error="invalid_token"';
      res.set('WWW-Authenticate', `Bearer realm="bulk-image-processor"${reason}`);
      throw new AppError('unauthorized', given === null ? missing : 'Invalid API key.');
    }
    const caller: Caller = { tenant: match.tenant, key: match.key };
    res.locals.caller = caller;
    // For log lines of this call's handlers; app.ts adds these fields to its final line.
    req.log = req.log.child({ ...(caller.tenant !== null && { tenant: caller.tenant }), key: caller.key });
    return caller;
  };
};

/** Guards for `/api`, with tenant keys, and for `/metrics`, with operator keys (decision 0042). */
export const createGuards = (keys: AccessKeys): { readonly api: RequestHandler; readonly metrics: RequestHandler } => {
  const identify = createIdentify(keys);
  const isOpen = keys.apiKeys.length === 0;
  const hasOperator = keys.operatorKeys.length > 0;
  return {
    api(req, res, next) {
      if (isOpen) return next();
      if (identify(req, res).tenant === null) {
        throw new AppError('forbidden', 'An operator key is for /metrics only. Call the API with one of API_KEYS.');
      }
      next();
    },
    metrics(req, res, next) {
      if (isOpen && !hasOperator) return next();
      const hint = hasOperator
        ? 'Send one of OPERATOR_KEYS.'
        : 'Set OPERATOR_KEYS on this server and send one of them.';
      if (identify(req, res, `The metrics require an operator key. ${hint}`).tenant !== null) {
        throw new AppError('forbidden', `The metrics cover all tenants and require an operator key. ${hint}`);
      }
      next();
    },
  };
};

const keyOf = (req: Request): string | null =>
  /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1] ?? req.get('x-api-key') ?? null;
