import { randomUUID } from 'node:crypto';
import { built, openStore } from '../stage/built.mjs';
import { table } from '../stage/report.mjs';
import { percentile } from '../stage/statistics.mjs';

const FINISHED = [0, 100_000, 1_000_000];
const SLOW_LARGEST = 100_000;
const BATCH = 2_000;
/** Images per claim, about what a busy dispatcher claims at once. */
const WANTED = 4;
const LEASE_MS = 30_000;
const BLOCK = 10;

const imageOf = (requestId, seq) => ({
  _id: randomUUID(),
  requestId,
  seq,
  row: seq,
  index: 0,
  serialNumber: String(seq),
  productName: `SKU-${seq}`,
  inputUrl: `https://cdn.shop.example/catalogue/2026/${seq}/front_1600.jpg`,
  attempts: 0,
  reports: 0,
});

/** A request whose first images are finished, as written by a worker, and whose last ones are pending. */
const fill = async ({ models }, finished, fresh) => {
  const requestId = randomUUID();
  const end = { status: 'completed', attempts: 1, finishedAt: new Date(), settledBy: randomUUID() };
  const facts = { bytesIn: 300_000, bytesOut: 100_000, width: 1600, height: 1200, notes: [] };
  for (let from = 0; from < finished + fresh; from += BATCH) {
    const images = Array.from({ length: Math.min(BATCH, finished + fresh - from) }, (_, n) => {
      const seq = from + n;
      const image = imageOf(requestId, seq);
      return seq < finished ? { ...image, ...end, ...facts } : { ...image, status: 'pending', nextAt: new Date(seq) };
    });
    await models.images.collection.insertMany(images, { ordered: false });
  }
  return { _id: requestId, total: finished + fresh };
};

export const claim = {
  name: 'claim',
  title: '8. Claim latency with finished images present',
  sizes: { full: { largest: 1_000_000, claims: 300 }, quick: { largest: 20_000, claims: 50 } },

  async run({ sizes, say, database }) {
    const server = await database();
    const { createImageStore } = await built('requests/image-store');
    const { createClaimer } = await built('dispatch/claimer');
    const { newCursor } = await built('dispatch/due');
    const largest = server.isSlow ? Math.min(SLOW_LARGEST, sizes.largest) : sizes.largest;
    const counts = [...new Set(FINISHED.map((count) => Math.min(count, largest)))];
    const now = () => new Date();
    const cases = [];
    try {
      for (const finished of counts) {
        const store = await openStore(server.address(`claim${finished}`));
        cases.push({ finished, store, ms: [] });
        const measured = cases.at(-1);
        say(`writing ${finished} finished images …`);
        measured.request = await fill(store, finished, (sizes.claims + 1) * WANTED);
        measured.claimer = createClaimer(createImageStore(store.models, now), now);
        measured.cursor = newCursor();
        measured.first = await claimOnce(measured);
      }
      for (let done = 0; done < sizes.claims; done += BLOCK) {
        for (const measured of cases) {
          for (let n = 0; n < BLOCK; n += 1) measured.ms.push(await claimOnce(measured));
        }
      }
    } finally {
      for (const { store } of cases) await store.close();
    }
    const [base] = cases;
    const at = (measured, share) => percentile(measured.ms, share);
    return [
      `Claims of ${WANTED} images by the store of the service, in turn over one database each, ${sizes.claims} claims a row; the finished images are in the same request, before the pending ones. The first claim of a process searches for the pending ones from the beginning; the others continue from there.${largest < sizes.largest ? ` Reduced from ${sizes.largest} finished images, because ${server.engine.split(',')[0]} is slow.` : ''}`,
      table(
        ['finished images', 'p50, ms', 'ratio to none', 'p99, ms', 'ratio to none', 'first claim, ms'],
        cases.map((measured) => [
          measured.finished,
          at(measured, 0.5).toFixed(2),
          (at(measured, 0.5) / at(base, 0.5)).toFixed(2),
          at(measured, 0.99).toFixed(2),
          (at(measured, 0.99) / at(base, 0.99)).toFixed(2),
          measured.first.toFixed(1),
        ]),
      ),
    ];
  },
};

const claimOnce = async ({ claimer, request, cursor, finished }) => {
  const begun = performance.now();
  const { images: claimed } = await claimer.claimLarge([{ request, cursor }], WANTED, LEASE_MS);
  const ms = performance.now() - begun;
  if (claimed.length !== WANTED) throw new Error(`${claimed.length} of ${WANTED} images claimed next to ${finished}`);
  return ms;
};
