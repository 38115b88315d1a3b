import type { Connection } from 'mongoose';
import { v4 as uuid } from 'uuid';
import { AppError } from '../errors.ts';
import { parseUrl } from '../network/url.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { leaseEnd } from '../timing/lease.ts';
import { createDueDeliveries, type DueDelivery } from './due.ts';
import { type Attempt, type DeliveryRecord, type DeliveryState, deliveryModel, LOGGED_ATTEMPTS } from './model.ts';
import type { EndState } from './schedule.ts';

/** An event and its receiver. */
export interface WebhookEvent {
  readonly requestId: string;
  /** Number of the request's run: each run, as after a retry, has its own event. */
  readonly run: number;
  /** Tenant of the request; absent for the default tenant. */
  readonly tenant?: string | undefined;
  readonly url: string;
  readonly secret: string | null;
  readonly type: string;
  /** The JSON body, at most 20 kB. */
  readonly payload: object;
}

/** A delivery leased to a claimer. */
export type ClaimedDelivery = Pick<
  DeliveryRecord,
  '_id' | 'requestId' | 'url' | 'secret' | 'payload' | 'attempts' | 'tries'
> &
  Pick<DueDelivery, 'origin' | 'tenant'> & { readonly leaseToken: string };

type Held = Pick<ClaimedDelivery, '_id' | 'leaseToken'>;

/** Selects up to `limit` of the due deliveries. */
export type SelectDue = (due: readonly DueDelivery[], limit: number) => readonly DueDelivery[];

/** A delivery as the API shows it: without its secret and body. */
export type DeliveryView = Omit<
  DeliveryRecord,
  '_id' | 'origin' | 'tenant' | 'secret' | 'payload' | 'leaseToken' | 'tries' | 'nextAt' | 'attemptLog'
> & {
  readonly id: string;
  /** An attempt is in flight. */
  readonly sending: boolean;
  /** When the next attempt is due, or when the lease of the current one expires; null once finished. */
  readonly nextAt: Date | null;
  /** Newest first. */
  readonly attemptLog: readonly Attempt[];
};

export interface DeliverySummary {
  readonly url: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastStatus: number | null;
}

const MAX_PAYLOAD_BYTES = 20_000;
const LISTED_DELIVERIES = 100;

/** Derived from request and run, so that enqueueing an event twice creates one document. */
export const webhookId = (requestId: string, run: number): string => `msg_${requestId}_${run}`;

const isDuplicateKey = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 11000;

export type Outbox = ReturnType<typeof createOutbox>;

/**
 * Webhook events to be delivered, one document each. Every write after a claim is fenced: it filters by `_id` and
 * `leaseToken`, so that a dispatcher that has lost the lease changes nothing.
 * @param now the database's clock, so that instances with skewed clocks agree on what is due
 * @param visibleOf which of the requests people still see. The event of a request that was deleted while it finished may
 *   get here after its others were removed; it is removed when it is claimed. Without it, all are sent.
 */
export const createOutbox = (
  connection: Connection,
  now: () => Date,
  visibleOf?: (requestIds: readonly string[]) => Promise<ReadonlySet<string>>,
) => {
  const deliveries = deliveryModel(connection);
  const later = (ms: number): Date => new Date(now().getTime() + ms);
  const leased = ({ _id, leaseToken }: ClaimedDelivery) => ({ _id, leaseToken });

  const due = createDueDeliveries(
    (from, to, order, limit) =>
      deliveries
        .find({ nextAt: { $gt: from, $lte: to } }, { nextAt: 1, origin: 1, tenant: 1, tries: 1 })
        .sort({ nextAt: order })
        .limit(limit)
        .lean<DueDelivery[]>(),
    now,
  );

  /** Claims whose answer was lost: they may have been made. */
  const unacknowledged: Held[] = [];

  const lease = async (ids: readonly string[], leaseToken: string, leaseMs: number): Promise<ClaimedDelivery[]> => {
    const at = now();
    const written = await deliveries.updateMany(
      { _id: { $in: ids }, nextAt: { $lte: at } },
      { $set: { leaseToken, nextAt: leaseEnd(at, leaseMs) }, $inc: { attempts: 1, tries: 1 } },
    );
    if (written.matchedCount === 0) return [];
    const found = await deliveries.find({ _id: { $in: ids }, leaseToken }, CLAIMED).lean();
    const visible = await visibleOf?.(found.map(({ requestId }) => requestId));
    const orphans = found.filter(({ requestId }) => visible?.has(requestId) === false).map(({ _id }) => _id);
    if (orphans.length > 0) await deliveries.deleteMany({ _id: { $in: orphans }, leaseToken });
    return found.filter(({ _id }) => !orphans.includes(_id)).map((delivery) => ({ ...delivery, leaseToken }));
  };

  const release = async (held: readonly Held[], delayMs: number): Promise<void> => {
    if (held.length === 0) return;
    await deliveries.updateMany(
      {
        _id: { $in: held.map(({ _id }) => _id) },
        leaseToken: { $in: [...new Set(held.map(({ leaseToken }) => leaseToken))] },
      },
      { $set: { nextAt: later(delayMs) }, $unset: { leaseToken: '' }, $inc: { attempts: -1, tries: -1 } },
    );
  };

  return {
    /** To be called once before the first query. */
    async ensureIndexes(): Promise<void> {
      await deliveries.createIndexes();
    },

    /**
     * Adds the event to the outbox, due immediately. Further calls for the same request and run do nothing.
     * @returns the webhook-id
     */
    async enqueue(event: WebhookEvent): Promise<string> {
      const { requestId, run, tenant, url, secret, type } = event;
      const origin = parseUrl(url)?.origin ?? '';
      const payload = JSON.stringify(event.payload);
      if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
        throw new RangeError(`The webhook's body exceeds ${MAX_PAYLOAD_BYTES} bytes`);
      }
      const _id = webhookId(requestId, run);
      const at = now();
      try {
        await deliveries.create({
          ...(tenant !== undefined && { tenant }),
          ...{ _id, requestId, run, url, origin, secret, type, payload, state: 'pending', createdAt: at, nextAt: at },
          schemaVersion: SCHEMA_VERSION,
          ...{ attempts: 0, tries: 0, redeliveries: 0, lastStatus: null, attemptLog: [] },
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      return _id;
    },

    /**
     * Leases up to `limit` due deliveries to the caller, each counted as an attempt: those that `select` returns, by
     * default the longest due. If two claimers find the same delivery, the filter on `nextAt` gives it to one of them.
     */
    async claim(limit: number, leaseMs: number, select: SelectDue = longestDue): Promise<ClaimedDelivery[]> {
      await release(unacknowledged, 0);
      unacknowledged.length = 0;
      const claimed: ClaimedDelivery[] = [];
      while (claimed.length < limit) {
        const leaseToken = uuid();
        let ids: readonly string[] = [];
        try {
          const selected = select(await due.list(), limit - claimed.length);
          if (selected.length === 0) break;
          due.remove(selected);
          ids = selected.map(({ _id }) => _id);
          claimed.push(...(await lease(ids, leaseToken, leaseMs)));
        } catch (error) {
          // Nobody sends these: without a release they would wait for their lease to expire, and miss an attempt.
          unacknowledged.push(...claimed, ...ids.map((_id) => ({ _id, leaseToken })));
          throw error;
        }
      }
      return claimed;
    },

    /** Records the last attempt and the final state; false if the lease was lost and nothing was written. */
    async finish(delivery: ClaimedDelivery, state: EndState, attempt: Attempt): Promise<boolean> {
      const written = await deliveries.updateOne(leased(delivery), {
        $set: { state, lastStatus: attempt.status },
        $unset: { nextAt: '', leaseToken: '' },
        ...logged(attempt),
      });
      return written.matchedCount === 1;
    },

    /** Records a failed attempt and when the next one is due; false if the lease was lost and nothing was written. */
    async reschedule(delivery: ClaimedDelivery, attempt: Attempt, delayMs: number): Promise<boolean> {
      const written = await deliveries.updateOne(leased(delivery), {
        $set: { nextAt: later(delayMs), lastStatus: attempt.status },
        $unset: { leaseToken: '' },
        ...logged(attempt),
      });
      return written.matchedCount === 1;
    },

    /** Deliveries that are due, in flight or retried later. Finished ones have no `nextAt`. */
    pending: (): Promise<number> => deliveries.countDocuments({ nextAt: { $gt: new Date(0) } }).exec(),

    /** Requeues deliveries that were claimed but not sent; the claim does not count as an attempt. */
    release,

    /** Removes the request's deliveries, sent or not; an attempt in flight can no longer write. */
    async forget(requestId: string): Promise<void> {
      await deliveries.deleteMany({ requestId });
    },

    /** The request's deliveries, newest first. */
    async list(requestId: string): Promise<DeliveryView[]> {
      const found = await deliveries
        .find({ requestId }, { schemaVersion: 0, origin: 0, tenant: 0, secret: 0, payload: 0, tries: 0 })
        .sort({ createdAt: -1 })
        .limit(LISTED_DELIVERIES)
        .lean();
      const at = now();
      return found.map(({ _id, nextAt, leaseToken, attemptLog, ...rest }) => ({
        ...rest,
        id: _id,
        sending: isLeased({ leaseToken, nextAt }, at),
        nextAt: nextAt ?? null,
        attemptLog: [...attemptLog].reverse(),
      }));
    },

    /** The request's newest delivery, for its status; null if it has none yet. */
    async latest(requestId: string): Promise<DeliverySummary | null> {
      return deliveries
        .findOne({ requestId }, { _id: 0, url: 1, state: 1, attempts: 1, lastStatus: 1 })
        .sort({ createdAt: -1 })
        .lean<DeliverySummary>();
    },

    /**
     * Requeues a delivery with the same webhook-id and body, due immediately and with a new schedule. One that is due
     * already is sent once.
     * @param id the webhook-id; by default the newest delivery of the request
     * @returns the webhook-id, or null if the request has no such delivery
     * @throws AppError `delivery_in_progress` while an attempt is in flight, whose result would be lost
     */
    async redeliver(requestId: string, id?: string): Promise<string | null> {
      const chosen = await deliveries
        .findOne(id === undefined ? { requestId } : { _id: id, requestId }, { leaseToken: 1, nextAt: 1 })
        .sort({ createdAt: -1 })
        .lean();
      if (chosen === null) return null;
      const { _id, leaseToken } = chosen;
      const at = now();
      const written = isLeased(chosen, at)
        ? null
        : await deliveries.updateOne(
            { _id, leaseToken: leaseToken ?? { $exists: false } },
            {
              $set: { state: 'pending', nextAt: at, tries: 0 },
              $unset: { leaseToken: '' },
              $inc: { redeliveries: 1 },
            },
          );
      if (written?.matchedCount !== 1) throw new AppError('delivery_in_progress');
      return _id;
    },
  };
};

/** An expired lease is what a crash left. */
const isLeased = (
  { leaseToken, nextAt }: { readonly leaseToken?: string | undefined; readonly nextAt?: Date | undefined },
  at: Date,
): boolean => leaseToken !== undefined && nextAt !== undefined && nextAt > at;

const CLAIMED = { requestId: 1, url: 1, origin: 1, tenant: 1, secret: 1, payload: 1, attempts: 1, tries: 1 } as const;

const longestDue: SelectDue = (due, limit) =>
  [...due].sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime()).slice(0, limit);

const logged = (attempt: Attempt) => ({ $push: { attemptLog: { $each: [attempt], $slice: -LOGGED_ATTEMPTS } } });
