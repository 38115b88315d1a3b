import type { Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { clientOfTenant, DEFAULT_TENANT } from '../requests/tenant.ts';

/** The usual allocation of one customer, who can choose any address in it. */
const IPV6_PREFIX = 64;

/** Who sent a call, by its key. */
export interface Caller {
  /** null for an operator key, which belongs to no tenant. */
  readonly tenant: string | null;
  /** Name of the key in the log. */
  readonly key: string;
}

/** Undefined if no key is required. */
export const callerOf = (res: Response): Caller | undefined => res.locals.caller;

/** Owner of the requests that the call may see and create; the default tenant if the API is open. */
export const tenantOf = (res: Response): string => callerOf(res)?.tenant ?? DEFAULT_TENANT;

/** The client's address (IPv6: its /64 network). */
export const addressOf = (req: Request): string => `address ${ipKeyGenerator(req.ip ?? '', IPV6_PREFIX)}`;

/**
 * The name that every per-client limit (rates, quotas, listeners, uploads in flight) counts by: the tenant, or the
 * client's address if the API is open.
 */
export const clientOf = (req: Request, res: Response): string => {
  const tenant = callerOf(res)?.tenant;
  return tenant === undefined || tenant === null ? addressOf(req) : clientOfTenant(tenant);
};
