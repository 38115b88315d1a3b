import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { table } from '../../stage/report.mjs';
import { ratios, showSpread, spread } from '../../stage/statistics.mjs';
import { createLanes } from './candidate.mjs';
import { DUE_INDEX, imageOf, LANE_INDEX } from './sides.mjs';

const BATCH = 1_000;
const SEQ_INDEX = { requestId: 1, seq: 1 };

/** Inserts of 1,000 images, in turn into collections with the indexes of each variant. */
export const measureIngest = async (server, urls, rounds) => {
  const connection = await mongoose
    .createConnection(server.address('ingest'), { writeConcern: { w: 'majority', journal: true } })
    .asPromise();
  const variants = [
    { label: 'today', indexes: [DUE_INDEX, SEQ_INDEX] },
    { label: 'lanes', indexes: [LANE_INDEX, SEQ_INDEX], lanes: true },
    { label: 'lanes, and today’s index of due dates', indexes: [LANE_INDEX, SEQ_INDEX, DUE_INDEX], lanes: true },
  ].map((variant) => ({ ...variant, ms: [] }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const requests = [];
      for (const [n, { indexes }] of variants.entries()) {
        const collection = connection.collection(`images${round}_${n}`);
        for (const index of indexes) await collection.createIndex(index);
        requests.push({ collection, requestId: randomUUID(), places: createLanes() });
      }
      for (let from = 0; from < urls.length; from += BATCH) {
        for (let turn = 0; turn < variants.length; turn += 1) {
          const n = (turn + from / BATCH) % variants.length;
          const { collection, requestId, places } = requests[n];
          const begun = performance.now();
          const images = urls.slice(from, from + BATCH).map((url, at) => ({
            ...imageOf(requestId, from + at, url),
            ...(variants[n].lanes ? places.place(url) : { nextAt: new Date(from + at) }),
          }));
          await collection.insertMany(images, { ordered: false });
          variants[n].ms.push(performance.now() - begun);
        }
      }
    }
  } finally {
    await connection.dropDatabase();
    await connection.close();
  }
  return [
    `Inserts of ${BATCH} images (${urls.length} in ${rounds} collections each):`,
    table(
      ['indexes', 'ms', 'ratio to today'],
      variants.map(({ label, ms }) => [
        label,
        showSpread(ms),
        showSpread([spread(ratios(ms, variants[0].ms)).median], 2),
      ]),
    ),
  ];
};
