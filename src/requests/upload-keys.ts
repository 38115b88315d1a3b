import { createHash } from 'node:crypto';
import type { QueryFilter } from 'mongoose';
import { v4 as uuid } from 'uuid';
import { AppError } from '../errors.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { settlesWithin } from '../timing/deadline.ts';
import { leaseEnd, renewalMs } from '../timing/lease.ts';
import { createTimedCalls } from '../timing/timed-calls.ts';
import { tookTooLong, UPLOAD_CALL_MS } from './ingest.ts';
import type { Models } from './models.ts';
import type { RequestStore } from './request-store.ts';
import { DEFAULT_TENANT } from './tenant.ts';
import type { UploadKeyRecord } from './types.ts';

/** A key whose lease ended this long ago belongs to an upload that was not repeated. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** An answer waits no longer for the end of a lease: a database that hangs has held it up already. */
const RELEASE_WITHIN_MS = 2_000;
const KEYS_A_SWEEP = 100;
/** Each further try means that another upload took or freed the key in between. */
const TRIES = 5;
/** No lease ends before it; a lower bound keeps keys without a lease out of the range. */
const BEGINNING = new Date(0);
const DUPLICATE_KEY = 11000;

/** What an upload needs to do under its key, so that no other upload makes a request under it. */
export interface UploadClaim {
  readonly keyId: string;
  /**
   * Names the request that is made under the key; to be called when that is inserted, and before it can become active.
   * @throws AppError `idempotency_key_in_use` when the lease had ended and another upload took the key
   */
  bind(requestId: string, fingerprint: string): Promise<void>;
  /** Ends the lease. The key stays with a request that became active, and is free otherwise. Never rejects. */
  release(): Promise<void>;
}

const isInUse = (error: unknown): boolean => error instanceof AppError && error.code === 'idempotency_key_in_use';

export type OpenedKey =
  | { readonly kind: 'claimed'; readonly claim: UploadClaim }
  | { readonly kind: 'stored'; readonly requestId: string; readonly fingerprint: string };

export type UploadKeys = ReturnType<typeof createUploadKeys>;

/**
 * One key of one tenant; the key itself is not kept, clients put all sorts of things into it. The default tenant's are
 * hashed as those of the open API always were, and no name of a tenant gives what an earlier version hashed.
 */
export const uploadKeyId = (tenant: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify(tenant === DEFAULT_TENANT ? [null, key] : ['tenant', tenant, key]))
    .digest('hex');

/** Only as it was looked at: a claim whose lease has ended may be bound in between, by an owner that woke up. */
const asFound = ({ _id, token, requestId }: UploadKeyRecord) => ({
  _id,
  token,
  requestId: requestId ?? { $exists: false },
});

const isDuplicate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;

/**
 * The keys of uploads (`Idempotency-Key`): one document a key, whose unique `_id` lets one of several uploads have it.
 *
 * The order of writes makes it hold whenever a process dies, or is held up past its lease and wakes again:
 *
 * 1. the key is claimed, with a token and a lease, before the body is read;
 * 2. the request is inserted, `ingesting`;
 * 3. the key is bound to it, if the token is still the claim's;
 * 4. the request becomes active, if it is still `ingesting`.
 *
 * A key is taken over only from a claim that can no longer make an active request. Not bound yet, it never will be, as
 * its token is gone; bound, its request is there for sure (2 before 3), and is condemned first, so that 4 finds nothing
 * to activate. Nothing has to be written after 4: whether the key has a request is decided by the request itself.
 */
export const createUploadKeys = (
  models: Pick<Models, 'uploadKeys'>,
  requests: Pick<RequestStore, 'stateOf' | 'condemn'>,
  now: () => Date,
  leaseMs: number,
  callMs: number = UPLOAD_CALL_MS,
) => {
  const keys = models.uploadKeys;
  const leaseUntil = (): Date => leaseEnd(now(), leaseMs);

  /** What became of the request of a key, once its claim is over: an upload that is not at its end never comes there. */
  const fate = async (requestId: string | undefined): Promise<'active' | 'none'> => {
    if (requestId === undefined) return 'none';
    const state = await requests.stateOf(requestId);
    if (state === 'ingesting') return (await requests.condemn(requestId)) ? 'none' : fate(requestId);
    return state === null || state === 'discarding' || state === 'removing' ? 'none' : 'active';
  };

  const isHeld = async ({ leaseUntil: until, requestId }: UploadKeyRecord): Promise<boolean> =>
    until !== undefined &&
    until > now() &&
    (requestId === undefined || (await requests.stateOf(requestId)) === 'ingesting');

  const insert = async (record: UploadKeyRecord): Promise<boolean> => {
    try {
      await keys.create(record);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  };

  const takeOver = async (found: UploadKeyRecord, token: string): Promise<boolean> => {
    const written = await keys.updateOne(asFound(found), {
      $set: { token, leaseUntil: leaseUntil() },
      $unset: { requestId: '', fingerprint: '' },
    });
    return written.matchedCount === 1;
  };

  /** The key stays with its active request, or goes. */
  const settle = async (key: QueryFilter<UploadKeyRecord>, requestId: string | undefined): Promise<void> => {
    if ((await fate(requestId)) === 'none') await keys.deleteOne(key);
    else await keys.updateOne(key, { $unset: { leaseUntil: '' } });
  };

  const claimOf = (keyId: string, token: string): UploadClaim => {
    let bound: string | undefined;
    const renewal = setInterval(() => {
      // A failed renewal is followed by another; a late one finds another token.
      keys.updateOne({ _id: keyId, token }, { $set: { leaseUntil: leaseUntil() } }).catch(() => undefined);
    }, renewalMs(leaseMs));
    return {
      keyId,
      async bind(requestId, fingerprint) {
        bound = requestId;
        const written = await keys.updateOne(
          { _id: keyId, token },
          { $set: { requestId, fingerprint, leaseUntil: leaseUntil() } },
        );
        if (written.matchedCount === 0) throw new AppError('idempotency_key_in_use');
      },
      async release() {
        clearInterval(renewal);
        // Where the database is away the lease ends by itself, and the next upload or the sweep does this.
        const settled = settle({ _id: keyId, token }, bound).catch(() => undefined);
        await settlesWithin(settled, RELEASE_WITHIN_MS);
      },
    };
  };

  const open = async (keyId: string, token: string): Promise<OpenedKey> => {
    const claimed = (): OpenedKey => ({ kind: 'claimed', claim: claimOf(keyId, token) });
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await keys.findOne({ _id: keyId }).lean<UploadKeyRecord>();
      if (found === null) {
        if (await insert({ _id: keyId, token, leaseUntil: leaseUntil(), schemaVersion: SCHEMA_VERSION }))
          return claimed();
        continue;
      }
      // Written by a call whose answer was lost, so that the driver made it again.
      if (found.token === token) return claimed();
      if (await isHeld(found)) break;
      const { requestId, fingerprint } = found;
      if ((await fate(requestId)) === 'active' && requestId !== undefined && fingerprint !== undefined) {
        return { kind: 'stored', requestId, fingerprint };
      }
      if (await takeOver(found, token)) return claimed();
    }
    throw new AppError('idempotency_key_in_use');
  };

  /** A claim that failed, or came too late, is nobody's: without this, the next try would wait for the end of its lease. */
  const forget = async (opening: Promise<OpenedKey>, key: QueryFilter<UploadKeyRecord>): Promise<void> => {
    try {
      const late = await opening.catch(() => null);
      if (late?.kind === 'claimed') await late.claim.release();
      else await keys.deleteOne({ ...key, requestId: { $exists: false } });
    } catch {
      // The lease ends by itself.
    }
  };

  return {
    /**
     * Claims a key for an upload, or returns the request that was made under it.
     * @throws AppError `idempotency_key_in_use` while another upload has it, `database_unavailable` when it takes too long
     */
    async open(tenant: string, key: string): Promise<OpenedKey> {
      const keyId = uploadKeyId(tenant, key);
      const token = uuid();
      const opening = open(keyId, token);
      try {
        return await createTimedCalls(callMs, tookTooLong).inTime(() => opening);
      } catch (error) {
        if (!isInUse(error)) void forget(opening, { _id: keyId, token });
        throw error;
      }
    },

    /** Removes the keys of uploads that died and were not repeated. May run on several instances at once. */
    async sweep(): Promise<void> {
      const before = new Date(now().getTime() - FORGOTTEN_AFTER_MS);
      const ended = await keys
        .find({ leaseUntil: { $gt: BEGINNING, $lt: before } })
        .limit(KEYS_A_SWEEP)
        .lean<UploadKeyRecord[]>();
      for (const key of ended) await settle(asFound(key), key.requestId);
    },
  };
};
