import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../stage/built.mjs';
import { csvOf, statusOf, upload } from '../stage/client.mjs';
import { peakBytes, resetPeak, residentBytes } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { mebibytes, percentile, ratios, showSpread } from '../stage/statistics.mjs';

/** Sizes for an engine that inserts at most a few thousand documents per second. */
const SLOW = { urls: 100_000, rounds: 1, bare: 10_000 };
const BATCH = 1_000;
const POLL_MS = 20;
const GOALS = { memory: 250, delay: 50 };

/** One URL of about 80 bytes per row, like those of a shop on a CDN. */
const rowOf = (n) =>
  `${n},SKU-${n},https://cdn.shop.example/catalogue/2026/${String(n).padStart(8, '0')}/front_1600.jpg\n`;

/** Streamed, because the file is too large for memory. */
export const writeCsv = async (file, urls) => {
  const pieces = function* () {
    yield 'S. No.,Product Name,Input Image Urls\n';
    for (let from = 1; from <= urls; from += BATCH) {
      const count = Math.min(BATCH, urls - from + 1);
      yield Array.from({ length: count }, (_, n) => rowOf(from + n)).join('');
    }
  };
  await pipeline(Readable.from(pieces()), createWriteStream(file));
  return (await stat(file)).size;
};

/** The lower bound: the driver alone inserts the same documents with the same indexes. */
const insertBare = async (uri, count) => {
  const { models, connection, close } = await openStore(uri);
  const requestId = randomUUID();
  const begun = performance.now();
  for (let from = 0; from < count; from += BATCH) {
    const images = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => ({
      _id: randomUUID(),
      requestId,
      seq: from + n,
      row: from + n,
      index: 0,
      serialNumber: String(from + n),
      productName: `SKU-${from + n}`,
      inputUrl: rowOf(from + n)
        .split(',')[2]
        .trim(),
      attempts: 0,
      reports: 0,
      status: 'pending',
      nextAt: new Date(from + n),
    }));
    await models.images.collection.insertMany(images, { ordered: false });
  }
  const ms = performance.now() - begun;
  await connection.dropDatabase();
  await close();
  return (1000 * count) / ms;
};

const pollUntil = async (done, url, requestId) => {
  const delays = [];
  while (!done.aborted) {
    const begun = performance.now();
    await statusOf(url, requestId, 1000);
    delays.push(performance.now() - begun);
    await pause(POLL_MS);
  }
  return delays;
};

export const ingest = {
  name: 'ingest',
  title: '5. Ingest',
  sizes: { full: { urls: 1_000_000, rounds: 1, bare: 100_000 }, quick: { urls: 20_000, rounds: 1, bare: 10_000 } },

  async run({ sizes: wanted, say, place, database, service }) {
    const server = await database();
    const reduced = server.isSlow && wanted.urls > SLOW.urls;
    const sizes = reduced ? { ...wanted, ...SLOW } : wanted;
    const file = join(place, 'ingest.csv');
    const bytes = await writeCsv(file, sizes.urls);
    const found = { rows: [], bare: [], above: [], idle: [], p50: [], p99: [], delay: [] };

    for (let round = 1; round <= sizes.rounds; round += 1) {
      const before = await insertBare(server.address(`bare${round}`), sizes.bare);
      // ROLE=api: it accepts uploads but processes nothing.
      const { url, pid, loopDelay, stop } = await service(server, { ROLE: 'api' });
      const other = await upload(url, csvOf(Array.from({ length: 10 }, (_, n) => `https://shop.example/${n}.jpg`)));
      for (let n = 0; n < 50; n += 1) await statusOf(url, other.requestId, 1000);
      resetPeak(pid);
      const idle = residentBytes(pid);
      await loopDelay();
      const done = new AbortController();
      const polling = pollUntil(done.signal, url, other.requestId);
      const { sent, begun, accepted } = await upload(url, { file }).finally(() => done.abort());
      const delays = await polling;
      say(
        `${bytes >> 20} MiB sent in ${((sent - begun) / 1000).toFixed(1)} s, 202 after ${((accepted - begun) / 1000).toFixed(1)} s`,
      );
      found.rows.push((1000 * sizes.urls) / (accepted - begun));
      found.above.push(mebibytes(peakBytes(pid) - idle));
      found.idle.push(mebibytes(idle));
      found.p50.push(percentile(delays, 0.5));
      found.p99.push(percentile(delays, 0.99));
      found.delay.push((await loopDelay()).p99);
      await stop();
      // Before and after, because the database becomes slower as it fills.
      const after = await insertBare(server.address(`bare${round}b`), sizes.bare);
      found.bare.push((before + after) / 2);
    }
    await rm(file);

    return [
      `A CSV of ${sizes.urls} rows with one URL each, ${mebibytes(bytes).toFixed(0)} MiB, uploaded to ROLE=api, ${sizes.rounds} round(s); meanwhile the status of another request (10 images) is polled every ${POLL_MS} ms.${reduced ? ` Reduced from ${wanted.urls} URLs, because ${server.engine.split(',')[0]} would need many minutes.` : ''}`,
      table(
        ['', 'measured', 'goal'],
        [
          ['rows a second, from the first byte to 202', showSpread(found.rows, 0), '–'],
          [
            `of the driver alone (insertMany of ${sizes.bare}, before and after)`,
            showSpread(ratios(found.rows, found.bare), 2),
            '–',
          ],
          ['peak memory above idle, MiB', showSpread(found.above, 0), `< ${GOALS.memory}`],
          ['idle memory, MiB', showSpread(found.idle, 0), '–'],
          ['GET /api/status meanwhile, p50, ms', showSpread(found.p50), '–'],
          ['GET /api/status meanwhile, p99, ms', showSpread(found.p99), `< ${GOALS.delay}`],
          ['event-loop delay p99, ms', showSpread(found.delay), '–'],
        ],
      ),
    ];
  },
};
