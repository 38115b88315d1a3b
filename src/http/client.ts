import type { Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { clientOfTenant, DEFAULT_TENANT } from '../requests/tenant.ts';

/** What one customer of a provider usually gets: single addresses of it are free to choose. */
const IPV6_PREFIX = 64;

/** Whose key a call came with. */
export interface Caller {
  /** null: an operator's key, which is no tenant's. */
  readonly tenant: string | null;
  /** What the key is called in the log. */
  readonly key: string;
}

/** Undefined where no key is asked for. */
export const callerOf = (res: Response): Caller | undefined => res.locals.caller;

/** Whose requests the call may see and whose those are that it makes; the default tenant's when the API is open. */
export const tenantOf = (res: Response): string => callerOf(res)?.tenant ?? DEFAULT_TENANT;

/** The client's address (IPv6: its /64 network). */
export const addressOf = (req: Request): string => `address ${ipKeyGenerator(req.ip ?? '', IPV6_PREFIX)}`;

/**
 * Who is limited: the tenant, or the client's address when the API is open.
 * Every limit per client (rates, quotas, listeners, uploads in flight) counts by this name.
 */
export const clientOf = (req: Request, res: Response): string => {
  const tenant = callerOf(res)?.tenant;
  return tenant === undefined || tenant === null ? addressOf(req) : clientOfTenant(tenant);
};
