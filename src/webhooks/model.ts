import mongoose from 'mongoose';
import type { EndState } from './schedule.ts';

/** One try to send, as it is kept and shown. */
export interface Attempt {
  readonly at: Date;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  readonly durationMs: number;
  /** For people; null when the receiver took the message. Holds no secret and nothing of the URL's query. */
  readonly error: string | null;
  /** The first characters of the answer's body; null when there was no answer. */
  readonly answer: string | null;
}

export type DeliveryState = 'pending' | EndState;

/** One event to be told to one receiver: the outbox document. */
export interface DeliveryRecord {
  /** The webhook-id. */
  readonly _id: string;
  readonly requestId: string;
  readonly run: number;
  /** Whose request it is; absent: the default tenant's. */
  readonly tenant?: string;
  readonly url: string;
  /** Scheme, host and port of the URL; absent in those of earlier versions. */
  readonly origin?: string;
  readonly secret: string | null;
  readonly type: string;
  /** The exact JSON text, so that every attempt sends the same bytes. */
  readonly payload: string;
  readonly state: DeliveryState;
  readonly createdAt: Date;
  /** "Due at" while nobody holds it, "lease ends at" while somebody does; gone at the end. */
  readonly nextAt?: Date;
  readonly leaseToken?: string;
  /** Claims over the whole life; one whose process died counts, though the log does not know it. */
  readonly attempts: number;
  /** The same since the schedule began or was restarted. */
  readonly tries: number;
  readonly redeliveries: number;
  readonly lastStatus: number | null;
  /** Oldest first, the newest {@link LOGGED_ATTEMPTS} only. */
  readonly attemptLog: readonly Attempt[];
}

export const LOGGED_ATTEMPTS = 50;

const { Schema } = mongoose;

const attempt = new Schema<Attempt>(
  {
    at: { type: Date, required: true },
    status: { type: Number, default: null },
    durationMs: { type: Number, required: true },
    error: { type: String, default: null },
    answer: { type: String, default: null },
  },
  { _id: false },
);

const delivery = new Schema<DeliveryRecord>(
  {
    _id: { type: String, required: true },
    requestId: { type: String, required: true },
    run: { type: Number, required: true },
    tenant: String,
    url: { type: String, required: true },
    origin: String,
    secret: { type: String, default: null },
    type: { type: String, required: true },
    payload: { type: String, required: true },
    state: { type: String, required: true },
    createdAt: { type: Date, required: true },
    nextAt: Date,
    leaseToken: String,
    attempts: { type: Number, required: true },
    tries: { type: Number, required: true },
    redeliveries: { type: Number, required: true },
    lastStatus: { type: Number, default: null },
    attemptLog: { type: [attempt], required: true },
  },
  { versionKey: false, collection: 'deliveries', autoIndex: false, autoCreate: false },
);
// Plain, not partial: what has ended has no `nextAt`, so no range over dates touches it.
delivery.index({ nextAt: 1 });
delivery.index({ requestId: 1, createdAt: -1 });

/** Registers the model on a connection; the same connection always gives the same model. */
export const deliveryModel = (connection: mongoose.Connection): mongoose.Model<DeliveryRecord> =>
  connection.model<DeliveryRecord>('Delivery', delivery);
