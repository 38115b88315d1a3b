import mongoose from 'mongoose';
import { dropRetiredIndexes } from '../database/retired-indexes.ts';
import type { ImageRecord, RequestRecord, RowChunkRecord, UploadKeyRecord } from './types.ts';

const { Schema } = mongoose;

/*
 * Plain compound indexes, no partial ones: the embedded engines read a partial index only when its filter is repeated
 * as an equality (docs/decisions/0003-claims-by-narrow-ranges.md). Finished images have no `nextAt`, so they lie
 * together under null and no range over dates ever touches them.
 */
const image = new Schema<ImageRecord>(
  {
    _id: { type: String, required: true },
    requestId: { type: String, required: true },
    seq: { type: Number, required: true },
    row: { type: Number, required: true },
    index: { type: Number, required: true },
    column: Number,
    serialNumber: String,
    productName: String,
    inputUrl: { type: String, required: true },
    corrected: Boolean,
    status: { type: String, required: true },
    nextAt: Date,
    leaseToken: String,
    attempts: { type: Number, required: true },
    reports: { type: Number, required: true },
    settledBy: String,
    run: Number,
    skipped: Boolean,
    finishedAt: Date,
    bytesIn: Number,
    bytesOut: Number,
    crc32: Number,
    width: Number,
    height: Number,
    notes: { type: [String], default: undefined },
    further: { type: [{ bytes: Number, width: Number, height: Number, _id: false }], default: undefined },
    error: { type: { code: String, message: String }, _id: false },
  },
  { versionKey: false, collection: 'images', minimize: false },
);
image.index({ requestId: 1, nextAt: 1 });
// On a sharded cluster the shard key has one more, hashed on `requestId` (docs/scaling.md).
image.index({ requestId: 1, seq: 1 });

const request = new Schema<RequestRecord>(
  {
    _id: { type: String, required: true },
    state: { type: String, required: true },
    run: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    startedAt: Date,
    finishedAt: Date,
    heartbeatAt: { type: Date, required: true },
    options: {
      type: {
        ...{ quality: Number, format: String, mozjpeg: Boolean, progressive: Boolean },
        ...{ maxWidth: Number, maxHeight: Number, background: String, metadata: String },
        outputs: { type: [{ format: String, quality: Number, maxSide: Number, _id: false }], default: undefined },
      },
      _id: false,
      required: true,
    },
    csv: { type: Schema.Types.Mixed, required: true },
    total: { type: Number, required: true },
    counters: {
      type: { completed: Number, failed: Number, cancelled: Number, bytesIn: Number, bytesOut: Number },
      _id: false,
      required: true,
    },
    skipped: Number,
    finishedBefore: Number,
    webhook: { type: { url: String, secret: String, servedAt: String }, _id: false },
    tenant: String,
    name: String,
    label: String,
    metadata: String,
    deleted: Boolean,
    client: String,
    uploadKey: String,
    eventPending: Boolean,
    reportDue: Date,
    returns: Number,
    limitedBy: { type: { host: String, connections: Number }, _id: false },
    removingUntil: Date,
    report: Schema.Types.Mixed,
    corrections: { type: [{ imageId: String, seq: Number, url: String, _id: false }], default: undefined },
    schemaVersion: Number,
  },
  { versionKey: false, collection: 'requests', minimize: false },
);
// With the id, so that many active requests can be read in narrow ranges (active.ts).
request.index({ state: 1, _id: 1 });
request.index({ eventPending: 1 });
request.index({ deleted: 1 });
// A tenant's list, newest first. With the id and in the list's own directions, so that no engine needs a sort.
request.index({ tenant: 1, createdAt: -1, _id: -1 });
// The same of one label.
request.index({ tenant: 1, label: 1, createdAt: -1, _id: -1 });
request.index({ client: 1, state: 1 });
request.index({ finishedAt: 1 });
request.index({ reportDue: 1 });

const rowChunk = new Schema<RowChunkRecord>(
  {
    _id: { type: String, required: true },
    firstRow: { type: Number, required: true },
    rows: { type: [[String]], required: true },
  },
  { versionKey: false, collection: 'rows', minimize: false },
);

const uploadKey = new Schema<UploadKeyRecord>(
  {
    _id: { type: String, required: true },
    token: { type: String, required: true },
    leaseUntil: Date,
    requestId: String,
    fingerprint: String,
    schemaVersion: Number,
  },
  { versionKey: false, collection: 'uploadKeys' },
);
// Of the few that are under way or were cut off; those of stored requests have no lease.
uploadKey.index({ leaseUntil: 1 });

export interface Models {
  readonly requests: mongoose.Model<RequestRecord>;
  readonly images: mongoose.Model<ImageRecord>;
  readonly rows: mongoose.Model<RowChunkRecord>;
  readonly uploadKeys: mongoose.Model<UploadKeyRecord>;
}

/** Registers the models on a connection; call {@link ensureIndexes} once before the first query. */
export const createModels = (connection: mongoose.Connection): Models => ({
  requests: connection.model<RequestRecord>('Request', request),
  images: connection.model<ImageRecord>('Image', image),
  rows: connection.model<RowChunkRecord>('RowChunk', rowChunk),
  uploadKeys: connection.model<UploadKeyRecord>('UploadKey', uploadKey),
});

/** Makes the indexes, and drops those that only earlier releases used. */
export const ensureIndexes = async (models: Models): Promise<void> => {
  await models.requests.createIndexes();
  await models.images.createIndexes();
  await models.uploadKeys.createIndexes();
  await dropRetiredIndexes(models.requests.db);
};
