import { v4 as uuid } from 'uuid';
import { createClock } from '../../src/database/clock.ts';
import { createClaimer } from '../../src/dispatch/claimer.ts';
import { createCoalescer } from '../../src/dispatch/coalescing.ts';
import { createDispatcher, type Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { NO_HOST_NAMES } from '../../src/dispatch/host-names.ts';
import type { ImageResult } from '../../src/images/task.ts';
import { createCompletion } from '../../src/requests/completion.ts';
import { createImageStore, type ImageStore } from '../../src/requests/image-store.ts';
import type { ClaimedImage } from '../../src/requests/leases.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';
import { requestReportOf } from '../../src/results/request-report.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

const LEASE_MS = 600_000;
const done: ImageResult = {
  ...{ ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] },
  timings: { download: 0, encode: 0, store: 0 },
};

let database: TestConnection;
let models: Models;
let images: ImageStore;
let requests: RequestStore;
let dispatcher: Dispatcher;
/** Commands that the dispatcher sends, as `<command> <collection>`. */
const commands: string[] = [];
const ran: string[] = [];

/** A request that another instance works on: it holds the leases of all images. */
const seed = async (total: number): Promise<ClaimedImage[]> => {
  const requestId = uuid();
  const leaseToken = uuid();
  const held = Array.from({ length: total }, (_, seq) => ({
    ...{
      _id: uuid(),
      requestId,
      seq,
      inputUrl: `https://h.example/${requestId}/${seq}`,
      attempts: 1,
      reports: 0,
      leaseToken,
    },
  }));
  const nextAt = new Date(Date.now() + LEASE_MS);
  const more = { index: 0, serialNumber: '1', productName: 'p', status: 'processing' as const, nextAt };
  await models.images.insertMany(
    held.map((image) => ({ ...image, row: image.seq, ...more })),
    { lean: true },
  );
  await models.requests.create({
    ...{ _id: requestId, state: 'processing', run: 1, createdAt: new Date(), heartbeatAt: new Date(), total },
    ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 0 } },
    counters: NO_COUNTS,
  });
  return held;
};

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
  const clock = createClock(database.connection);
  await clock.refresh();
  images = createImageStore(models, clock.now);
  requests = createRequestStore(models, clock.now);
  database.connection.getClient().on('commandStarted', ({ commandName, command }) => {
    commands.push(`${commandName} ${command[commandName]}`);
  });
  dispatcher = createDispatcher({
    ...{ images, claimer: createClaimer(images, clock.now), requests, random: Math.random, maxAttempts: 5 },
    completion: createCompletion(requests, images, async () => {}, requestReportOf),
    pool: {
      ...{ capacity: 4, most: 16 },
      run: async ({ id }) => {
        ran.push(id);
        return done;
      },
    },
    ...{
      connections: () => 6,
      maxConsecutiveThrottles: 5,
      maxQueueMs: 120_000,
      maxSettleMs: 60_000,
      leaseMs: LEASE_MS,
    },
    names: NO_HOST_NAMES,
    coalescer: createCoalescer(
      async () => true,
      () => performance.now(),
    ),
    checkStorage: async () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
});
afterAll(async () => {
  await dispatcher.stop(5_000);
  await database.close();
});

const sent = (command: string): number => commands.filter((each) => each === command).length;

test('with nothing to claim, the active requests are read and little else; what another instance gives back is run', async () => {
  const held = [await seed(3), await seed(60), await seed(1), await seed(1_500)];
  commands.length = 0;
  dispatcher.start();
  await waitFor(async () => sent('find requests') >= 6);
  const before = commands.length;
  await waitFor(async () => sent('find requests') >= 12);
  // A question, and whether requests have ended of which no image is due within half a minute.
  expect(commands.slice(before).filter((command) => command.endsWith(' images')).length).toBeLessThanOrEqual(5);
  expect(commands.slice(before).filter((command) => !/^(find|aggregate) /.test(command))).toEqual([]);
  expect(ran).toEqual([]);

  for (const [first] of held) {
    if (first === undefined) throw new Error('missing');
    const looks = sent('find requests');
    await images.release([first], 0);
    await requests.markReturns([first.requestId]);
    await waitFor(async () => ran.includes(first._id));
    // The next look at the requests finds it, or the one after that if it was under way already.
    expect(sent('find requests') - looks).toBeLessThanOrEqual(3);
  }
});
