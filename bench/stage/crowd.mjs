import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { built, openStore } from './built.mjs';

const BATCH = 2_000;
const LEASE_MS = 30_000;
const HOSTS = 4;
const OPTIONS = { quality: 50, format: 'jpeg' };
const NO_COUNTS = { completed: 0, failed: 0, cancelled: 0, bytesIn: 0, bytesOut: 0 };
const DONE = {
  ...{ ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] },
  timings: { download: 0, encode: 0, store: 0 },
};

const fresh = (seq) => ({ status: 'pending', attempts: 0, nextAt: new Date(seq) });

/**
 * Stores a request with its images, as an upload leaves them or in another state.
 * @param fields of the image at a position that say what has become of it
 */
export const storeRequest = async ({ models }, total, state, fields = fresh) => {
  const requestId = randomUUID();
  for (let from = 0; from < total; from += BATCH) {
    const images = Array.from({ length: Math.min(BATCH, total - from) }, (_, n) => {
      const seq = from + n;
      const image = {
        ...{ _id: randomUUID(), requestId, seq, row: seq, index: 0, serialNumber: `${seq}`, productName: 'p' },
        ...{ inputUrl: `https://h${seq % HOSTS}.example/${requestId}/${seq}.jpg`, reports: 0 },
      };
      return { ...image, ...fields(seq) };
    });
    await models.images.collection.insertMany(images, { ordered: false });
  }
  await models.requests.collection.insertOne({
    ...{ _id: requestId, state, run: 1, createdAt: new Date(), heartbeatAt: new Date(), total, options: OPTIONS },
    ...{ csv: { header: [], delimiter: ',', chunks: 0 }, counters: NO_COUNTS },
  });
  return requestId;
};

/** As another instance has leased it. */
export const leasedElsewhere = () => ({
  ...{ status: 'processing', attempts: 1, leaseToken: randomUUID(), nextAt: new Date(Date.now() + LEASE_MS) },
});

/** Renews these leases as that instance does, until it is told to stop. */
export const renewLeases = ({ models }, requestIds) => {
  const renew = () =>
    models.images.collection.updateMany(
      { requestId: { $in: requestIds }, nextAt: { $gt: new Date() } },
      { $set: { nextAt: new Date(Date.now() + LEASE_MS) } },
    );
  const timer = setInterval(renew, LEASE_MS / 3);
  return () => clearInterval(timer);
};

/** As it is finished: without a due date. */
export const finished = () => ({ status: 'completed', attempts: 1, bytesIn: 2, bytesOut: 1 });

/**
 * Dispatchers with the stores of the service and a connection each, as in separate processes, but with images that only
 * take time.
 * @param taskMs how long an image takes
 * @returns the ids of the images that ran, and how to stop
 */
export const startCrowd = async (uri, instances, slots, taskMs) => {
  const [{ createClock }, { createClaimer }, { createCoalescer }, { createDispatcher }, { NO_HOST_NAMES }] =
    await Promise.all(
      ['database/clock', 'dispatch/claimer', 'dispatch/coalescing', 'dispatch/dispatcher', 'dispatch/host-names'].map(
        built,
      ),
    );
  const [{ createCompletion }, { createImageStore }, { createRequestStore }, { requestReportOf }] = await Promise.all(
    ['requests/completion', 'requests/image-store', 'requests/request-store', 'results/request-report'].map(built),
  );
  const ran = [];
  const run = async ({ id }) => {
    ran.push(id);
    await pause(taskMs);
    return DONE;
  };
  const startOne = async () => {
    const store = await openStore(uri);
    const clock = createClock(store.connection);
    await clock.start();
    const requests = createRequestStore(store.models, clock.now);
    const images = createImageStore(store.models, clock.now);
    const dispatcher = createDispatcher({
      ...{ images, claimer: createClaimer(images, clock.now), requests, leaseMs: LEASE_MS, random: Math.random },
      completion: createCompletion(requests, images, async () => undefined, requestReportOf),
      pool: { capacity: slots, most: slots * 4, run },
      ...{ connections: 6, maxConsecutiveThrottles: 5, maxQueueMs: 120_000, maxSettleMs: 60_000, maxAttempts: 5 },
      names: NO_HOST_NAMES,
      coalescer: createCoalescer(
        async () => true,
        () => performance.now(),
      ),
      checkStorage: async () => undefined,
      log: { info: () => undefined, warn: (facts, message) => console.error(message, facts.err) },
    });
    return {
      dispatcher,
      async stop() {
        await dispatcher.stop(5_000);
        clock.stop();
        await store.close();
      },
    };
  };
  const all = await Promise.all(Array.from({ length: instances }, startOne));
  return {
    ran,
    start: () => {
      for (const { dispatcher } of all) dispatcher.start();
    },
    stop: () => Promise.all(all.map((each) => each.stop())),
  };
};
