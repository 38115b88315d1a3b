/**
 * The rule of every lease here (images, deliveries, upload keys, reports): it ends at a date by the database's clock, and is
 * renewed three times before that, so that one failed renewal costs nothing.
 */
const RENEWALS_PER_LEASE = 3;
const SHORTEST_RENEWAL_MS = 100;

/** @param now by the database's clock */
export const leaseEnd = (now: Date, leaseMs: number): Date => new Date(now.getTime() + leaseMs);

/** Milliseconds after which a lease is renewed. */
export const renewalMs = (leaseMs: number): number => Math.max(leaseMs / RENEWALS_PER_LEASE, SHORTEST_RENEWAL_MS);
