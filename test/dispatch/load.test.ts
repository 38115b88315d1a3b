import { createInFlight, type InFlightImage } from '../../src/dispatch/scheduling/in-flight.ts';
import type { ImageResult } from '../../src/images/task.ts';
import { createVirtualWorld } from './virtual-world.ts';

const SLOW = 'https://slow.test/a.jpg';
const QUICK = 'https://quick.test/a.jpg';

test('without requests there is no work', () => {
  const { scheduler, now } = createVirtualWorld();
  expect(scheduler.load(now())).toEqual({
    ...{ isBusy: false, moreWait: false, atHosts: 0, host: null, atDatabase: 0 },
    ...{ isDatabaseDown: false, isStorageDown: false },
  });
});

test('names the host that most images wait for', () => {
  const world = createVirtualWorld({
    process: ({ url }) => ({ downloadMs: url === SLOW ? 60_000 : 50, encodeMs: 20 }),
  });
  world.add('request', [
    { url: SLOW, images: 200 },
    { url: QUICK, images: 200 },
  ]);
  world.runUntil(() => world.now() > 20_000, 60_000);
  expect(world.scheduler.load(world.now())).toMatchObject({ isBusy: true, moreWait: true, host: 'https://slow.test' });
});

test('says that the database is away while requests are active', () => {
  const world = createVirtualWorld({ databaseWorks: (at) => at < 1_000 });
  world.add('request', [{ url: QUICK, images: 10_000 }]);
  world.runUntil(() => world.now() > 10_000, 60_000);
  expect(world.scheduler.load(world.now())).toMatchObject({ isBusy: true, isDatabaseDown: true });
});

test('says that the image store takes nothing', () => {
  const full: ImageResult = { ok: false, code: 'storage_failed', message: 'full', retryable: true };
  const world = createVirtualWorld({
    storageWorks: () => false,
    process: () => ({ downloadMs: 50, encodeMs: 20, result: full }),
  });
  world.add('request', [{ url: QUICK, images: 100 }]);
  world.runUntil(() => world.scheduler.storageFailure(world.now()) !== null, 20_000);
  expect(world.scheduler.load(world.now())).toMatchObject({ isBusy: true, isStorageDown: true });
});

test('a few images with nothing behind them wait for nothing', () => {
  const world = createVirtualWorld({ process: () => ({ downloadMs: 5_000, encodeMs: 20 }) });
  world.add('request', [{ url: SLOW, images: 3 }]);
  world.runUntil(() => world.grants.length === 3, 4_000);
  expect(world.scheduler.load(world.now())).toMatchObject({ isBusy: true, moreWait: false, atHosts: 3 });
});

test('results that wait to be written hold no places until there are more than 300', () => {
  const inFlight = createInFlight(4, 8, () => 0);
  for (let n = 1; n <= 301; n += 1) {
    const image = { _id: `i${n}` } as InFlightImage['image'];
    inFlight.enter(inFlight.add(image, {} as InFlightImage['schedule'], null), 'processed');
    if (n === 300) expect([inFlight.room(), inFlight.resultsInPlaces()]).toEqual([8, 0]);
  }
  expect([inFlight.room(), inFlight.resultsInPlaces()]).toEqual([7, 1]);
});
