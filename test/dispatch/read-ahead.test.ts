import { createReadAhead } from '../../src/dispatch/read-ahead.ts';
import { FRESH_BEFORE, type Range } from '../../src/requests/due-dates.ts';

const request = (total: number, base: number, length = 1) => {
  const ranges: Range[] = [];
  const gone = new Set<number>();
  const read = async (range: Range, limit: number) => {
    ranges.push(range);
    return Array.from({ length: total }, (_, seq) => seq)
      .filter((seq) => seq >= range.from && seq < range.to && !gone.has(seq))
      .slice(0, limit)
      .map((seq) => ({ _id: `${seq}`, inputUrl: 'u'.repeat(length), nextAt: new Date(seq) }));
  };
  return { ranges, gone, ...createReadAhead(read, total, base) };
};
const ids = (images: readonly { readonly _id: string }[]) => images.map(({ _id }) => Number(_id));

test('begins at its own place, goes over the end to the beginning, and finds each image once', async () => {
  const { read, ranges } = request(100, 70);
  const found: number[] = [];
  for (let at = 0; at < 100; at += 10) {
    const images = await read({ from: at, to: at + 10 }, 10);
    expect(images.map(({ nextAt }) => nextAt.getTime())).toEqual(Array.from({ length: 10 }, (_, n) => at + n));
    found.push(...ids(images));
  }
  expect(found).toEqual(Array.from({ length: 100 }, (_, n) => (70 + n) % 100));
  // To the end, and from the beginning to the place where it began.
  expect(ranges).toEqual([
    { from: 70, to: 100 },
    { from: 0, to: 70 },
  ]);
});

test('what was dropped does not come again, and after a clear the database is asked', async () => {
  const { read, drop, clear, ranges, gone } = request(1_000, 0);
  drop((await read({ from: 0, to: 4 }, 4)).slice(0, 2));
  expect(ids(await read({ from: 0, to: 4 }, 4))).toEqual([2, 3]);
  expect(ranges).toHaveLength(1);
  gone.add(2);
  clear();
  expect(ids(await read({ from: 2, to: 6 }, 4))).toEqual([3, 4, 5]);
  expect(ranges).toHaveLength(2);
});

test('long URLs are not kept for later, and requeued images never', async () => {
  const { read, ranges } = request(1_000, 0, 20_000);
  expect(await read({ from: 0, to: 4 }, 4)).toHaveLength(4);
  expect(await read({ from: 4, to: 8 }, 4)).toHaveLength(4);
  expect(ranges).toHaveLength(2);
  for (let n = 0; n < 2; n += 1) await read({ from: FRESH_BEFORE, to: FRESH_BEFORE + 1 }, 4);
  expect(ranges.slice(2)).toHaveLength(2);
});
