import type { RequestRecord } from './types.ts';

/** Whose requests are that no named key uploaded: keys without a name, the open API, versions before there were tenants. */
export const DEFAULT_TENANT = 'default';

/**
 * What a new request keeps of its tenant. Nothing for the default one: so it looks like those that earlier versions have
 * stored, and older instances still store, and all of them are found by one equality. Two values (`$in`) would have the
 * embedded engine read the whole collection.
 */
export const storedTenant = (tenant: string): Pick<RequestRecord, 'tenant'> =>
  tenant === DEFAULT_TENANT ? {} : { tenant };

/** The filter for one tenant's requests; a field that is missing lies in the index under null. */
export const ofTenant = (tenant: string): { tenant: string | null } => ({
  tenant: tenant === DEFAULT_TENANT ? null : tenant,
});

export const tenantOfRequest = ({ tenant }: Pick<RequestRecord, 'tenant'>): string => tenant ?? DEFAULT_TENANT;

/** Whose limits a tenant's calls count against; all keys of a tenant share them. */
export const clientOfTenant = (tenant: string): string => `tenant ${tenant}`;
