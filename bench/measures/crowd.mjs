import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../stage/built.mjs';
import { finished, leasedElsewhere, startCrowd, storeRequest } from '../stage/crowd.mjs';
import { table } from '../stage/report.mjs';

const SLOTS = 4;
const INSTANCES = [1, 5, 20];
const IDLE_INSTANCES = 10;
const IDLE_REQUESTS = 30;
/** Large and small ones take turns. */
const IDLE_IMAGES = [20, 200];
const TAIL = 8;
/** Until the first looks are over, and how long is counted. */
const SETTLE_MS = 3_000;
const IDLE_MS = 10_000;
const LONGEST_MS = 600_000;
const GOAL_PER_IMAGE = 2.5;
const GOAL_IDLE = 3;

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

const listOf = (counts) =>
  Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** A database behind a proxy that counts, and a connection past it. */
const openCounted = async ({ program }, server, name) => {
  const direct = server.address(name);
  const behind = new URL(direct);
  const proxy = program('wire-proxy.mjs', { args: [behind.port, behind.hostname] });
  const counted = new URL(direct);
  counted.host = await proxy.ask({ what: 'address' });
  return { store: await openStore(direct), uri: counted.href, counts: () => proxy.ask({ what: 'counts' }) };
};

/** Commands for each image of a batch that all instances work on. */
const measureBatch = async (context, server, { instances, taskMs, images, requests }) => {
  const { store, uri, counts } = await openCounted(context, server, `crowd${instances}x${taskMs}`);
  try {
    const crowd = await startCrowd(uri, instances, SLOTS, taskMs);
    for (let n = 0; n < requests; n += 1) await storeRequest(store, images / requests, 'queued');
    await counts();
    const begun = performance.now();
    crowd.start();
    const ended = () => store.models.requests.collection.countDocuments({ state: 'completed' });
    while ((await ended()) < requests) {
      if (performance.now() - begun > LONGEST_MS) throw new Error(`${crowd.ran.length} of ${images} images ran`);
      await pause(100);
    }
    const seconds = (performance.now() - begun) / 1000;
    const counted = await counts();
    await crowd.stop();
    if (crowd.ran.length !== images || new Set(crowd.ran).size !== images) {
      throw new Error(`${crowd.ran.length} runs of ${new Set(crowd.ran).size} images`);
    }
    return { perImage: sum(counted) / images, seconds, list: listOf(counted) };
  } finally {
    await store.close();
  }
};

/** Commands a second of one of several instances that have nothing to claim. */
const measureIdle = async (context, server, name, instances, fill) => {
  const { store, uri, counts } = await openCounted(context, server, name);
  try {
    await fill(store);
    const crowd = await startCrowd(uri, instances, SLOTS, 0);
    await counts();
    crowd.start();
    await pause(SETTLE_MS);
    const first = sum(await counts());
    await pause(IDLE_MS);
    const counted = await counts();
    await crowd.stop();
    const perSecond = sum(counted) / (IDLE_MS / 1000) / instances;
    return { first: first / instances, perSecond, list: listOf(counted) };
  } finally {
    await store.close();
  }
};

const fillIdle = async (store) => {
  for (let n = 0; n < IDLE_REQUESTS; n += 1) {
    await storeRequest(store, IDLE_IMAGES[n % IDLE_IMAGES.length], 'processing', leasedElsewhere);
  }
};

export const crowd = {
  name: 'crowd',
  title: '14. Commands of several instances on one database',
  sizes: {
    full: { images: 4_000, requests: 4, taskMs: 20, tail: 100_000 },
    quick: { images: 400, requests: 2, taskMs: 20, tail: 2_000 },
  },

  async run(context) {
    const { sizes, say } = context;
    const server = await context.database();
    const tail = (store) =>
      storeRequest(store, sizes.tail, 'processing', (seq) =>
        seq < sizes.tail - TAIL ? finished() : leasedElsewhere(),
      );
    const idle = [
      ['no request', IDLE_INSTANCES, async () => undefined],
      [`${IDLE_REQUESTS} requests, all of their images in progress elsewhere`, IDLE_INSTANCES, fillIdle],
      [`the last ${TAIL} of ${sizes.tail} images in progress elsewhere`, 1, tail],
    ];
    const idled = [];
    for (const [what, instances, fill] of idle) {
      const measured = await measureIdle(context, server, `idle${idled.length}`, instances, fill);
      say(`${what}: ${measured.perSecond.toFixed(2)} a second (${measured.list})`);
      idled.push([what, instances, measured.first.toFixed(1), measured.perSecond.toFixed(2), `≤ ${GOAL_IDLE}`]);
    }
    const batches = [];
    for (const instances of INSTANCES) {
      const measured = await measureBatch(context, server, { instances, ...sizes });
      say(`${instances} × ${SLOTS}: ${measured.perImage.toFixed(2)} an image (${measured.list})`);
      batches.push({ instances, ...measured });
    }
    return [
      `${sizes.images} images in ${sizes.requests} requests, which all instances see at once. Dispatchers with the stores of the service, ${SLOTS} slots and a connection pool each, in one process; images that only take time, ${sizes.taskMs} ms each. All commands between their start and the end of the last request are counted on the wire: claims, results, counters, ends, polls, the driver's own.`,
      table(
        ['instances', 'commands an image', 'goal', 'images a second'],
        batches.map(({ instances, perImage, seconds }) => [
          ...[instances, perImage.toFixed(2), instances === 20 ? `≤ ${GOAL_PER_IMAGE}` : '–'],
          (sizes.images / seconds).toFixed(0),
        ]),
      ),
      `Instances that have nothing to claim. The first ${SETTLE_MS / 1000} s, with the first look at each request, are counted apart.`,
      table(['', 'instances', 'commands of one in the first seconds', 'commands of one a second', 'goal'], idled),
    ];
  },
};
