import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors.ts';
import { addressOf, type Caller } from './client.ts';
import { createClientCounts } from './readers/client-counts.ts';

/** A key of which only its digest is known here. */
export interface KnownKey {
  readonly tenant: string;
  /** SHA-256 in hexadecimal digits. */
  readonly digest: string;
}

export interface AccessKeys {
  /** None: the API is open. */
  readonly apiKeys: readonly KnownKey[];
  /** For `/metrics`, and for nothing else. */
  readonly operatorKeys: readonly KnownKey[];
}

const MINUTE_MS = 60_000;
/** Calls with a wrong key, a minute and address. */
export const WRONG_KEYS = 60;

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** What a key is called in the log: enough to tell keys apart, too little to guess one. */
const nameOf = ({ digest }: KnownKey): string => digest.slice(0, 8);

/**
 * Counts calls with wrong keys for each address, and answers those above the limit with 429. A right key is never held
 * up by it: behind one address there may be a whole office (decision 0042). Counted in this process alone.
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
      `More than ${WRONG_KEYS} calls with wrong API keys in a minute from this address. Check the key, and wait as long as Retry-After says.`,
    );
  };
};

/**
 * Says whose key a call came with, as `Authorization: Bearer KEY` or `X-Api-Key: KEY`.
 * Digests are compared, so that the time taken tells neither how long a key is nor how much of it was right; each key
 * is looked at, whichever fits.
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
      const fault = given === null ? '' : ', error="invalid_token"';
      res.set('WWW-Authenticate', `Bearer realm="bulk-image-processor"${fault}`);
      throw new AppError('unauthorized', given === null ? missing : 'The API key is not known here.');
    }
    const caller: Caller = { tenant: match.tenant, key: match.key };
    res.locals.caller = caller;
    // For what the call itself writes to the log; its last line has them from app.ts.
    req.log = req.log.child({ ...(caller.tenant !== null && { tenant: caller.tenant }), key: caller.key });
    return caller;
  };
};

/** Guards for `/api`, which tenants' keys open, and for `/metrics`, which operators' keys do (decision 0042). */
export const createGuards = (keys: AccessKeys): { readonly api: RequestHandler; readonly metrics: RequestHandler } => {
  const identify = createIdentify(keys);
  const isOpen = keys.apiKeys.length === 0;
  const hasOperator = keys.operatorKeys.length > 0;
  return {
    api(req, res, next) {
      if (isOpen) return next();
      if (identify(req, res).tenant === null) {
        throw new AppError('forbidden', "An operator's key opens /metrics only. Call the API with one of API_KEYS.");
      }
      next();
    },
    metrics(req, res, next) {
      if (isOpen && !hasOperator) return next();
      const cure = hasOperator
        ? 'Send one of OPERATOR_KEYS.'
        : 'Set OPERATOR_KEYS on this server, and send one of them.';
      if (identify(req, res, `The metrics need an operator's key. ${cure}`).tenant !== null) {
        throw new AppError('forbidden', `The metrics tell of all tenants, and need an operator's key. ${cure}`);
      }
      next();
    },
  };
};

const keyOf = (req: Request): string | null =>
  /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1] ?? req.get('x-api-key') ?? null;
