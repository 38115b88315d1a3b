import { createUploadPlaces, type PlacesOptions, type UploadPlace } from '../../../src/http/uploads/upload-places.ts';
import { waitFor } from '../../support/service.ts';

const MIB = 1024 ** 2;
const never = new AbortController().signal;

const create = (changes: Partial<PlacesOptions> = {}) => {
  const world = { ms: 0, free: 100 * MIB, looks: 0 };
  const stop = new AbortController();
  const places = createUploadPlaces({
    ...{ most: 4, bytes: 40 * MIB, maxBodyBytes: 10 * MIB, reserveBytes: 50 * MIB, giveUp: stop.signal },
    space: async () => {
      world.looks += 1;
      return { free: world.free, total: 1_000 * MIB };
    },
    now: () => world.ms,
    ...{ waitMs: 60_000, checkEveryMs: 5 },
    ...changes,
  });
  return { world, stop, places };
};
const codeOf = (place: UploadPlace): string | null => (place.signal.aborted ? place.signal.reason.code : null);

test('12 uploads of the maximum size: accepts no more than the bytes in flight', async () => {
  const { places } = create({ most: 32, waitMs: 30 });
  const taken = await Promise.allSettled(Array.from({ length: 12 }, () => places.take('a', 10 * MIB, never)));
  const codes = taken.map((each) => (each.status === 'fulfilled' ? 'taken' : each.reason.code));
  // One client may use half of the bytes.
  expect(codes).toEqual([...Array(2).fill('taken'), ...Array(10).fill('too_many_uploads')]);
  await places.take('b', 10 * MIB, never);
  await places.take('c', 10 * MIB, never);
  await expect(places.take('d', 10 * MIB, never)).rejects.toMatchObject({ code: 'uploads_busy' });
});

test('accepts one upload of the maximum size, however low the limit of bytes in flight', async () => {
  const { places } = create({ bytes: 1, most: 1 });
  const place = await places.take('a', 10 * MIB, never);
  place.received(10 * MIB);
  expect(codeOf(place)).toBeNull();
});

test('aborts an upload with too many unannounced bytes', async () => {
  const { places } = create();
  const [one, other] = [await places.take('a', 0, never), await places.take('a', 5 * MIB, never)];
  other.received(5 * MIB);
  one.received(15 * MIB);
  expect([codeOf(one), codeOf(other)]).toEqual([null, null]);
  one.received(1);
  expect([codeOf(one), codeOf(other)]).toEqual(['too_many_uploads', null]);
});

test('announced bytes count against the free disk space until received', async () => {
  const { places, world } = create();
  world.free = 65 * MIB;
  const place = await places.take('a', 8 * MIB, never);
  await expect(places.take('b', 8 * MIB, never)).rejects.toMatchObject({ code: 'disk_full', status: 503 });
  place.release();
  const next = await places.take('b', 8 * MIB, never);
  next.received(8 * MIB);
  // Received, so now included in the disk usage.
  await places.take('c', 8 * MIB, never);
});

test('a disk that fills up aborts all uploads, including those being stored', async () => {
  const { places, world } = create();
  const [receiving, storing] = [await places.take('a', 1, never), await places.take('b', 1, never)];
  await storing.storing(1);
  world.free = 49 * MIB;
  world.ms += 10;
  await waitFor(async () => receiving.signal.aborted && storing.signal.aborted);
  expect([codeOf(receiving), codeOf(storing)]).toEqual(['disk_full', 'disk_full']);
});

test('keeps a tenth of a small disk free, and rejects nothing if the disk cannot be queried', async () => {
  const small = create({ reserveBytes: null });
  small.world.free = 99 * MIB;
  await expect(small.places.take('a', 1, never)).rejects.toMatchObject({ code: 'disk_full' });
  const mute = create({ space: async () => Promise.reject(new Error('no such call')) });
  await mute.places.take('a', MIB, never);
});

test('a slow upload gives its place to a waiting one, but only while one is waiting', async () => {
  const { places, world } = create();
  const [slow, fast] = [await places.take('a', MIB, never), await places.take('a', MIB, never)];
  const looked = (): Promise<unknown> => {
    const before = world.looks;
    return waitFor(async () => world.looks > before);
  };
  world.ms += 6_000;
  slow.received(1_000);
  fast.received(MIB / 2);
  await looked();
  expect([codeOf(slow), codeOf(fast)]).toEqual([null, null]);
  const third = places.take('a', 1, never);
  await waitFor(async () => slow.signal.aborted);
  expect([codeOf(slow), codeOf(fast)]).toEqual(['request_timeout', null]);
  slow.release();
  await third;
});

test('an upload being stored never counts as slow', async () => {
  const { places, world } = create({ most: 1 });
  const place = await places.take('a', 1, never);
  place.received(1);
  await place.storing(1);
  const next = places.take('a', 1, never);
  for (const _ of [1, 2, 3]) {
    const { looks } = world;
    world.ms += 6_000;
    await waitFor(async () => world.looks > looks);
  }
  expect(codeOf(place)).toBeNull();
  place.release();
  await next;
});

test('large files are stored in turn, small ones immediately', async () => {
  const { places } = create();
  const [one, two, other] = [
    await places.take('a', 0, never),
    await places.take('a', 0, never),
    await places.take('b', 0, never),
  ];
  await one.storing(2 * MIB);
  let begun = false;
  const second = two.storing(2 * MIB).then(() => (begun = true));
  await other.storing(2 * MIB);
  await (await places.take('b', 0, never)).storing(MIB);
  expect(begun).toBe(false);
  one.release();
  await second;
});

test('shutdown aborts every upload with its reason', async () => {
  const { places, stop } = create({ most: 2 });
  const place = await places.take('a', 0, never);
  const reason = new Error('stopping');
  stop.abort(reason);
  expect(place.signal.reason).toBe(reason);
  expect((await places.take('b', 0, never)).signal.reason).toBe(reason);
});
