import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors.ts';

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** What a key is called in logs and in the database: enough to tell keys apart, too little to guess one. */
export const keyName = (key: string): string => digestOf(key).toString('hex').slice(0, 8);

/** The name of the key that the call came with; undefined when the API is open. */
export const clientKey = (res: Response): string | undefined => res.locals.clientKey;

/**
 * Asks for one of the keys, as `Authorization: Bearer KEY` or `X-Api-Key: KEY`.
 * Digests are compared, so that the time taken tells neither how long a key is nor how much of it was right; each key
 * is looked at, whichever fits.
 * @param keys none: everyone may pass
 */
export const apiKeyGuard = (keys: readonly string[]): RequestHandler => {
  const known = keys.map((key) => ({ name: keyName(key), digest: digestOf(key) }));
  return (req, res, next) => {
    if (known.length === 0) return next();
    const given = keyOf(req);
    const digest = digestOf(given ?? '');
    const [match] = known.filter((key) => timingSafeEqual(key.digest, digest));
    if (given === null || match === undefined) {
      const fault = given === null ? '' : ', error="invalid_token"';
      res.set('WWW-Authenticate', `Bearer realm="bulk-image-processor"${fault}`);
      throw new AppError('unauthorized', given === null ? undefined : 'The API key is not known here.');
    }
    res.locals.clientKey = match.name;
    next();
  };
};

const keyOf = (req: Request): string | null =>
  /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1] ?? req.get('x-api-key') ?? null;
