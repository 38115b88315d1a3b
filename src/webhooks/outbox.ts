import type { Connection } from 'mongoose';
import { v4 as uuid } from 'uuid';
import { parseUrl } from '../network/url.ts';
import { createDueDeliveries, type DueDelivery } from './due.ts';
import { type Attempt, type DeliveryRecord, type DeliveryState, deliveryModel, LOGGED_ATTEMPTS } from './model.ts';
import type { EndState } from './schedule.ts';

/** What happened, to whom it is told, and in which words. */
export interface WebhookEvent {
  readonly requestId: string;
  /** Counts the runs of the request: a retried request has an event of its own. */
  readonly run: number;
  /** Whose request it is; left out: the default tenant's. */
  readonly tenant?: string | undefined;
  readonly url: string;
  readonly secret: string | null;
  readonly type: string;
  /** Becomes the JSON body, at most 20 kB. */
  readonly payload: object;
}

/** A delivery as its claimer holds it. */
export type ClaimedDelivery = Pick<
  DeliveryRecord,
  '_id' | 'requestId' | 'url' | 'secret' | 'payload' | 'attempts' | 'tries'
> &
  Pick<DueDelivery, 'origin' | 'tenant'> & { readonly leaseToken: string };

/** Chooses up to `most` of what is due. */
export type PickDue = (due: readonly DueDelivery[], most: number) => readonly DueDelivery[];

/** A delivery as it is shown: without its secret and its body. */
export type DeliveryView = Omit<
  DeliveryRecord,
  '_id' | 'origin' | 'tenant' | 'secret' | 'payload' | 'leaseToken' | 'tries' | 'nextAt' | 'attemptLog'
> & {
  readonly id: string;
  /** When it is tried next, or when the attempt under way counts as lost; null at the end. */
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

/** The same for one request and run, so that creating the event twice makes one document. */
export const webhookId = (requestId: string, run: number): string => `msg_${requestId}_${run}`;

const isDuplicateKey = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 11000;

export type Outbox = ReturnType<typeof createOutbox>;

/**
 * Events that are to be told, one document each. Every write after a claim is fenced: it filters on `_id` and
 * `leaseToken`, so that a courier whose lease has passed to another changes nothing.
 * @param now the database's clock, so that instances with skewed clocks agree on what is due
 */
export const createOutbox = (connection: Connection, now: () => Date) => {
  const deliveries = deliveryModel(connection);
  const later = (ms: number): Date => new Date(now().getTime() + ms);
  const held = ({ _id, leaseToken }: ClaimedDelivery) => ({ _id, leaseToken });

  const due = createDueDeliveries(
    (from, to, order, limit) =>
      deliveries
        .find({ nextAt: { $gt: from, $lte: to } }, { nextAt: 1, origin: 1, tenant: 1, tries: 1 })
        .sort({ nextAt: order })
        .limit(limit)
        .lean<DueDelivery[]>(),
    now,
  );

  const lease = async (ids: readonly string[], leaseMs: number): Promise<ClaimedDelivery[]> => {
    const at = now();
    const leaseToken = uuid();
    const written = await deliveries.updateMany(
      { _id: { $in: ids }, nextAt: { $lte: at } },
      { $set: { leaseToken, nextAt: new Date(at.getTime() + leaseMs) }, $inc: { attempts: 1, tries: 1 } },
    );
    if (written.matchedCount === 0) return [];
    const found = await deliveries.find({ _id: { $in: ids }, leaseToken }, CLAIMED).lean();
    return found.map((delivery) => ({ ...delivery, leaseToken }));
  };

  return {
    /** Call once before the first query. */
    async ensureIndexes(): Promise<void> {
      await deliveries.createIndexes();
    },

    /**
     * Puts the event into the outbox, due at once; for the same request and run the first call counts and others do
     * nothing.
     * @returns the webhook-id
     */
    async enqueue(event: WebhookEvent): Promise<string> {
      const { requestId, run, tenant, url, secret, type } = event;
      const origin = parseUrl(url)?.origin ?? '';
      const payload = JSON.stringify(event.payload);
      if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
        throw new RangeError(`The webhook's body is above ${MAX_PAYLOAD_BYTES} bytes`);
      }
      const _id = webhookId(requestId, run);
      const at = now();
      try {
        await deliveries.create({
          ...(tenant !== undefined && { tenant }),
          ...{ _id, requestId, run, url, origin, secret, type, payload, state: 'pending', createdAt: at, nextAt: at },
          ...{ attempts: 0, tries: 0, redeliveries: 0, lastStatus: null, attemptLog: [] },
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      return _id;
    },

    /**
     * Leases up to `limit` due deliveries to the caller, each counted as an attempt: those that it picks of what is shown
     * to it, or the longest due.
     * Two claimers may find the same one; the update's filter on `nextAt` lets one of them have it.
     */
    async claim(limit: number, leaseMs: number, pick: PickDue = longestDue): Promise<ClaimedDelivery[]> {
      const claimed: ClaimedDelivery[] = [];
      while (claimed.length < limit) {
        const picked = pick(await due.look(), limit - claimed.length);
        if (picked.length === 0) break;
        due.take(picked);
        const ids = picked.map(({ _id }) => _id);
        claimed.push(...(await lease(ids, leaseMs)));
      }
      return claimed;
    },

    /** Writes the last attempt and the end; false when the lease has passed to another and nothing was written. */
    async finish(delivery: ClaimedDelivery, state: EndState, attempt: Attempt): Promise<boolean> {
      const written = await deliveries.updateOne(held(delivery), {
        $set: { state, lastStatus: attempt.status },
        $unset: { nextAt: '', leaseToken: '' },
        ...logged(attempt),
      });
      return written.matchedCount === 1;
    },

    /** Writes a failed attempt and when the next one is due; false when the lease has passed to another. */
    async reschedule(delivery: ClaimedDelivery, attempt: Attempt, delayMs: number): Promise<boolean> {
      const written = await deliveries.updateOne(held(delivery), {
        $set: { nextAt: later(delayMs), lastStatus: attempt.status },
        $unset: { leaseToken: '' },
        ...logged(attempt),
      });
      return written.matchedCount === 1;
    },

    /** Gives back what was claimed and not sent; the claim does not count as an attempt. */
    async release(claimed: readonly ClaimedDelivery[], delayMs: number): Promise<void> {
      if (claimed.length === 0) return;
      await deliveries.updateMany(
        {
          _id: { $in: claimed.map(({ _id }) => _id) },
          leaseToken: { $in: [...new Set(claimed.map(({ leaseToken }) => leaseToken))] },
        },
        { $set: { nextAt: later(delayMs) }, $unset: { leaseToken: '' }, $inc: { attempts: -1, tries: -1 } },
      );
    },

    /** Removes the request's deliveries, sent or not; an attempt under way can no longer write. */
    async forget(requestId: string): Promise<void> {
      await deliveries.deleteMany({ requestId });
    },

    /** The request's deliveries, newest first. */
    async list(requestId: string): Promise<DeliveryView[]> {
      const found = await deliveries
        .find({ requestId }, { origin: 0, tenant: 0, secret: 0, payload: 0, leaseToken: 0, tries: 0 })
        .sort({ createdAt: -1 })
        .limit(LISTED_DELIVERIES)
        .lean();
      return found.map(({ _id, nextAt, attemptLog, ...rest }) => ({
        ...rest,
        id: _id,
        nextAt: nextAt ?? null,
        attemptLog: [...attemptLog].reverse(),
      }));
    },

    /** The newest delivery of the request, for its status; null when it has none yet. */
    async latest(requestId: string): Promise<DeliverySummary | null> {
      return deliveries
        .findOne({ requestId }, { _id: 0, url: 1, state: 1, attempts: 1, lastStatus: 1 })
        .sort({ createdAt: -1 })
        .lean<DeliverySummary>();
    },

    /**
     * Sends again, with the same webhook-id and body, at once and with a fresh schedule. An attempt that is under way
     * loses its lease, so that its result cannot undo this.
     * @param id the webhook-id; without it the newest delivery of the request
     * @returns the webhook-id, or null when the request has no such delivery
     */
    async redeliver(requestId: string, id?: string): Promise<string | null> {
      const chosen = await deliveries
        .findOne(id === undefined ? { requestId } : { _id: id, requestId }, { _id: 1 })
        .sort({ createdAt: -1 })
        .lean();
      if (chosen === null) return null;
      await deliveries.updateOne(
        { _id: chosen._id },
        {
          $set: { state: 'pending', nextAt: now(), tries: 0 },
          $unset: { leaseToken: '' },
          $inc: { redeliveries: 1 },
        },
      );
      return chosen._id;
    },
  };
};

const CLAIMED = { requestId: 1, url: 1, origin: 1, tenant: 1, secret: 1, payload: 1, attempts: 1, tries: 1 } as const;

const longestDue: PickDue = (due, most) =>
  [...due].sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime()).slice(0, most);

const logged = (attempt: Attempt) => ({ $push: { attemptLog: { $each: [attempt], $slice: -LOGGED_ATTEMPTS } } });
