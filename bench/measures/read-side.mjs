import { readdir } from 'node:fs/promises';
import autocannon from 'autocannon';
import { openStore } from '../stage/built.mjs';
import { csvOf, timeBatch, untilFinished, upload } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

const CONNECTIONS = 10;
const SLOW_IMAGES = 10_000;
const PAGE = 1_000;

const fire = async (url, seconds) => {
  const { requests, latency, non2xx, errors } = await autocannon({ url, connections: CONNECTIONS, duration: seconds });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} responses were not 2xx, ${errors} requests failed`);
  return { rate: requests.average, p99: latency.p99 };
};

export const readSide = {
  name: 'read-side',
  title: '6. Read side',
  sizes: { full: { images: 100_000, rounds: 2, seconds: 4 }, quick: { images: 2_000, rounds: 1, seconds: 1 } },

  async run({ sizes: wanted, say, database, service, imageServer }) {
    const server = await database();
    const reduced = server.isSlow && wanted.images > SLOW_IMAGES;
    const sizes = reduced ? { ...wanted, images: SLOW_IMAGES } : wanted;
    const [origin] = await imageServer('-', 1);
    const { url, images, mongodbUri } = await service(server);
    // The large one is cancelled once it is stored, so that it does not change and nothing else runs meanwhile.
    const small = await timeBatch(url, csvOf(Array.from({ length: 20 }, (_, n) => `${origin}/0/tiny/small-${n}.png`)));
    const large = await upload(
      url,
      csvOf(Array.from({ length: sizes.images }, (_, n) => `${origin}/0/tiny/large-${n}.png`)),
    );
    await fetch(`${url}/api/cancel/${large.requestId}`, { method: 'POST' });
    const middle = Math.floor(sizes.images / 2);
    const [picture] = (await readdir(images)).filter((name) => !name.startsWith('.'));
    const targets = [
      ['status of 20 images', `${url}/api/status/${small.requestId}`],
      [`status of ${sizes.images} images, limit 20`, `${url}/api/status/${large.requestId}?limit=20&after=${middle}`],
      [
        `status of ${sizes.images} images, a page of ${PAGE}`,
        `${url}/api/status/${large.requestId}?limit=${PAGE}&after=${middle}`,
      ],
      ['an image', `${url}/processed_images/${picture}`],
    ].map(([label, address]) => ({ label, address, idle: [], busy: [] }));

    for (let round = 1; round <= sizes.rounds; round += 1) {
      await untilQuiet(url, large.requestId);
      for (const target of targets) target.idle.push(await fire(target.address, sizes.seconds));
      const batch = await upload(
        url,
        csvOf(Array.from({ length: sizes.images }, (_, n) => `${origin}/0/tiny/r${round}-${n}.png`)),
      );
      for (const target of targets) target.busy.push(await fire(target.address, sizes.seconds));
      await fetch(`${url}/api/cancel/${batch.requestId}`, { method: 'POST' });
      await untilQuiet(url, batch.requestId);
      say(`round ${round} of ${sizes.rounds}`);
    }
    const pick = (rounds, key) => rounds.map((round) => round[key]);
    return [
      `autocannon, ${CONNECTIONS} connections, ${sizes.seconds} s each, ${sizes.rounds} round(s); busy: while a request of ${sizes.images} tiny images runs at full speed on the same service.${reduced ? ` Reduced from ${wanted.images} images, because ${server.engine.split(',')[0]} is slow.` : ''}`,
      table(
        ['', 'idle: requests a second', 'p99, ms', 'busy: requests a second', 'p99, ms', 'busy / idle'],
        targets.map(({ label, idle, busy }) => [
          label,
          showSpread(pick(idle, 'rate'), 0),
          showSpread(pick(idle, 'p99'), 0),
          showSpread(pick(busy, 'rate'), 0),
          showSpread(pick(busy, 'p99'), 0),
          showSpread(ratios(pick(busy, 'rate'), pick(idle, 'rate')), 2),
        ]),
      ),
      await plans(mongodbUri, large.requestId, middle),
    ];
  },
};

const untilQuiet = (url, requestId) => untilFinished(url, requestId, { allowFailures: true });

/** The database's query plan of a poll, if it has one. */
const plans = async (uri, requestId, from) => {
  const { models, close } = await openStore(uri);
  try {
    const page = models.images.collection.find({ requestId, seq: { $gte: from, $lt: from + PAGE } }).sort({ seq: 1 });
    const { executionStats, queryPlanner } = await page.explain('executionStats');
    const stages = [...JSON.stringify(queryPlanner?.winningPlan ?? {}).matchAll(/"stage":"(\w+)"/g)].map(
      ([, stage]) => stage,
    );
    return `Query plan of a page of ${PAGE} images: ${stages.join(' ← ') || 'unknown'}, ${executionStats?.totalDocsExamined ?? '?'} documents and ${executionStats?.totalKeysExamined ?? '?'} keys examined. The request itself is read by its \`_id\`; no image is counted.`;
  } catch (error) {
    return `Query plan of a page: this engine does not explain (${error.message}).`;
  } finally {
    await close();
  }
};
