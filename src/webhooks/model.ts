import mongoose from 'mongoose';
import type { EndState } from './schedule.ts';

/** One attempt, as it is stored and shown. */
export interface Attempt {
  readonly at: Date;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  readonly durationMs: number;
  /** For people; null if the receiver accepted the message. Contains no secret and nothing of the URL's query. */
  readonly error: string | null;
  /** First characters of the response body; null without a response. */
  readonly answer: string | null;
}

export type DeliveryState = 'pending' | EndState;

/** The outbox document: one event for one receiver. */
export interface DeliveryRecord {
  /** The webhook-id. */
  readonly _id: string;
  readonly requestId: string;
  readonly schemaVersion?: number;
  readonly run: number;
  /** Tenant of the request; absent for the default tenant. */
  readonly tenant?: string;
  readonly url: string;
  /** Scheme, host and port of the URL; absent in documents of earlier versions. */
  readonly origin?: string;
  readonly secret: string | null;
  readonly type: string;
  /** The JSON text, so that every attempt sends the same bytes. */
  readonly payload: string;
  readonly state: DeliveryState;
  readonly createdAt: Date;
  /** Without a lease: when it is due. With a lease: when that expires. Absent once finished. */
  readonly nextAt?: Date;
  readonly leaseToken?: string;
  /** Claims in total. Includes those whose process died, which are missing from the log. */
  readonly attempts: number;
  /** Claims since the schedule was started or restarted. */
  readonly tries: number;
  readonly redeliveries: number;
  readonly lastStatus: number | null;
  /** Oldest first; only the latest {@link LOGGED_ATTEMPTS}. */
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
    schemaVersion: Number,
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
// Not partial: finished deliveries have no `nextAt`, so a range of dates excludes them.
delivery.index({ nextAt: 1 });
delivery.index({ requestId: 1, createdAt: -1 });

/** Registers the model on a connection; idempotent. */
export const deliveryModel = (connection: mongoose.Connection): mongoose.Model<DeliveryRecord> =>
  connection.model<DeliveryRecord>('Delivery', delivery);
