import type { Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { clientKey } from './access.ts';

/** What one customer of a provider usually gets: single addresses of it are free to choose. */
const IPV6_PREFIX = 64;

/**
 * Who is limited: the key's owner, or the client's address when the API is open (IPv6: its /64 network).
 * Every limit per client (rates, quotas, listeners, uploads in flight) counts by this name.
 */
export const clientOf = (req: Request, res: Response): string => {
  const key = clientKey(res);
  return key === undefined ? `address ${ipKeyGenerator(req.ip ?? '', IPV6_PREFIX)}` : `key ${key}`;
};
