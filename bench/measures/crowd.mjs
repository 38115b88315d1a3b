import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../stage/built.mjs';
import { finished, leasedElsewhere, renewLeases, startCrowd, storeRequest } from '../stage/crowd.mjs';
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
const IDLE_MS = 60_000;
/** How often the whole service is asked whether it is ready, as in deploy/, and for its metrics. */
const READY_MS = 10_000;
const METRICS_MS = 15_000;
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

/** Commands a second of one of several instances that have nothing to claim, and what they were. */
const measureIdle = async (context, server, name, { instances, fill, start }) => {
  const { store, uri, counts } = await openCounted(context, server, name);
  const stopRenewing = renewLeases(store, await fill(store));
  try {
    const stop = await start(uri, counts);
    await pause(SETTLE_MS);
    const first = sum(await counts());
    await pause(IDLE_MS);
    const counted = await counts();
    await stop();
    const perSecond = (count) => count / (IDLE_MS / 1000) / instances;
    const { hello = 0, ...others } = counted;
    return {
      first: first / instances,
      all: perSecond(sum(counted)),
      withoutHello: perSecond(sum(others)),
      list: listOf(counted),
    };
  } finally {
    stopRenewing();
    await store.close();
  }
};

const startDispatchers = (instances) => async (uri, counts) => {
  const crowd = await startCrowd(uri, instances, SLOTS, 0);
  await counts();
  crowd.start();
  return () => crowd.stop();
};

/** One whole service, with probes of readiness and scrapes of metrics. */
const startService = (context, server) => async (uri) => {
  const { url, stop } = await context.service(server, { MONGODB_URI: uri });
  const get = (path) => fetch(`${url}${path}`).then((answer) => answer.text());
  const timers = [setInterval(() => get('/ready'), READY_MS), setInterval(() => get('/metrics'), METRICS_MS)];
  return () => {
    for (const timer of timers) clearInterval(timer);
    return stop();
  };
};

const fillIdle = async (store) => {
  const ids = [];
  for (let n = 0; n < IDLE_REQUESTS; n += 1) {
    ids.push(await storeRequest(store, IDLE_IMAGES[n % IDLE_IMAGES.length], 'processing', leasedElsewhere));
  }
  return ids;
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
    const fillTail = async (store) => [
      await storeRequest(store, sizes.tail, 'processing', (seq) =>
        seq < sizes.tail - TAIL ? finished() : leasedElsewhere(),
      ),
    ];
    const inProgress = `${IDLE_REQUESTS} requests, all of their images in progress elsewhere`;
    const idle = [
      ['no request', { instances: IDLE_INSTANCES, fill: async () => [], start: startDispatchers(IDLE_INSTANCES) }],
      [inProgress, { instances: IDLE_INSTANCES, fill: fillIdle, start: startDispatchers(IDLE_INSTANCES) }],
      [
        `the last ${TAIL} of ${sizes.tail} images in progress elsewhere`,
        { instances: 1, fill: fillTail, start: startDispatchers(1) },
      ],
      [`a whole service next to ${inProgress}`, { instances: 1, fill: fillIdle, start: startService(context, server) }],
    ];
    const idled = [];
    for (const [what, how] of idle) {
      const { first, all, withoutHello, list } = await measureIdle(context, server, `idle${idled.length}`, how);
      say(`${what}: ${all.toFixed(2)} a second, ${withoutHello.toFixed(2)} without hello (${list})`);
      idled.push([what, how.instances, first.toFixed(1), all.toFixed(2), withoutHello.toFixed(2), `≤ ${GOAL_IDLE}`]);
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
      `Instances that have nothing to claim, for ${IDLE_MS / 1000} s. The first ${SETTLE_MS / 1000} s, with the first look at each request (of the whole service also its start), are counted apart. The driver looks at the server with \`hello\` every 2 s; one in ten seconds is the service's own, for the database's time. The whole service is asked every ${READY_MS / 1000} s whether it is ready and every ${METRICS_MS / 1000} s for its metrics.`,
      table(['', 'instances', 'commands of one in the first seconds', 'a second', 'without `hello`', 'goal'], idled),
    ];
  },
};
