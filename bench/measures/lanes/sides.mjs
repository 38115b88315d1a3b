import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { built } from '../../stage/built.mjs';
import { createLanes, findInLanes, newLaneCursor, readNarrow } from './candidate.mjs';

const BATCH = 1_000;
export const LEASE_MS = 3_600_000;
export const LANE_INDEX = { requestId: 1, lane: 1, nextAt: 1 };
export const DUE_INDEX = { requestId: 1, nextAt: 1 };
export const ALL_CAPACITY = { hostOf: (url) => new URL(url).origin, available: () => Number.POSITIVE_INFINITY };

/** A database with the indexes of one of the two, whose commands are counted. */
const openDatabase = async (uri, indexes) => {
  const { createModels } = await built('requests/models');
  const { createImageStore } = await built('requests/image-store');
  const connection = await mongoose
    .createConnection(uri, { monitorCommands: true, autoIndex: false, writeConcern: { w: 'majority', journal: true } })
    .asPromise();
  let commands = 0;
  connection.getClient().on('commandStarted', () => {
    commands += 1;
  });
  const models = createModels(connection);
  for (const index of indexes) await models.images.collection.createIndex(index);
  return {
    images: models.images,
    store: createImageStore(models, () => new Date()),
    close: () => connection.close(),
    /** How long the work takes and how many commands it sends. */
    async measure(work) {
      const before = commands;
      const begun = performance.now();
      const result = await work();
      return { ms: performance.now() - begun, queries: commands - before, result };
    },
  };
};

export const imageOf = (requestId, seq, inputUrl) => ({
  _id: randomUUID(),
  ...{ requestId, seq, row: seq, index: 0, serialNumber: String(seq), productName: `SKU-${seq}`, inputUrl },
  ...{ attempts: 0, reports: 0, status: 'pending' },
});

/** @param place the fields of an image by which it is claimed */
const fill = async ({ images }, urls, place) => {
  const requestId = randomUUID();
  for (let from = 0; from < urls.length; from += BATCH) {
    const batch = urls.slice(from, from + BATCH);
    await images.collection.insertMany(
      batch.map((url, n) => ({ ...imageOf(requestId, from + n, url), ...place(url, from + n) })),
      { ordered: false },
    );
  }
  return { _id: requestId, total: urls.length };
};

const DUE_FIELDS = { requestId: 1, seq: 1, inputUrl: 1, attempts: 1, reports: 1, nextAt: 1 };
export const between = ({ from, to }) => ({ $gte: new Date(from), $lt: new Date(to) });

/** Claims as the service makes them: its own store, search and cursor. */
export const openToday = async (uri) => {
  const { findDue, newCursor } = await built('dispatch/due');
  const database = await openDatabase(uri, [DUE_INDEX, { requestId: 1, seq: 1 }]);
  return {
    ...database,
    newCursor,
    fill: (urls) => fill(database, urls, (_, seq) => ({ nextAt: new Date(seq) })),
    async find(request, wanted, cursor, hosts) {
      const facts = { total: request.total, now: Date.now() };
      return (await findDue(database.store.readDue(request._id), facts, wanted, cursor, hosts)).due;
    },
  };
};

/** The same store and leases with images found by lane. */
export const openLanes = async (uri, { fresh = readNarrow, indexes = [] } = {}) => {
  const database = await openDatabase(uri, [LANE_INDEX, { requestId: 1, seq: 1 }, ...indexes]);
  const readLane =
    ({ _id: requestId }) =>
    async (lane, range, limit) =>
      database.images
        .find({ requestId, lane, nextAt: between(range) }, DUE_FIELDS)
        .sort({ nextAt: 1 })
        .limit(limit)
        .lean();
  return {
    ...database,
    readLane,
    newCursor: newLaneCursor,
    async fill(urls) {
      const lanes = createLanes();
      const request = await fill(database, urls, (url) => lanes.place(url));
      return { ...request, lanes: lanes.all() };
    },
    async find(request, wanted, cursor, hosts, how = fresh) {
      const facts = { lanes: request.lanes, now: Date.now() };
      return (await findInLanes(readLane(request), facts, wanted, cursor, hosts, how)).due;
    },
  };
};

/** Finds and leases. */
export const claim = async (side, request, wanted, cursor, hosts = ALL_CAPACITY) =>
  side.store.lease([request], await side.find(request, wanted, cursor, hosts), LEASE_MS);
