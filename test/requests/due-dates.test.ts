import fc from 'fast-check';
import { walkWindows } from '../../src/requests/due-dates.ts';

/** A sorted queue of due dates, read as the database would read it. */
const readerOf = (dates: readonly number[]) => {
  const widest = { matched: 0, queries: 0 };
  const read = async ({ from, to }: { from: number; to: number }, limit: number) => {
    const matching = dates.filter((date) => date >= from && date < to);
    widest.matched = Math.max(widest.matched, matching.length);
    widest.queries += 1;
    return matching.slice(0, limit);
  };
  return { read, widest };
};

test('finds the first of a million without matching more than it wants', async () => {
  const { read, widest } = readerOf(Array.from({ length: 1_000_000 }, (_, seq) => seq));
  const walk = await walkWindows(read, { from: 0, to: 1_000_000 }, 12);
  expect(walk.items).toEqual(Array.from({ length: 12 }, (_, seq) => seq));
  expect(widest).toEqual({ matched: 12, queries: 1 });
});

test('crosses an empty stretch in a handful of queries', async () => {
  const { read, widest } = readerOf([999_999]);
  const walk = await walkWindows(read, { from: 0, to: 1_000_000 }, 12);
  expect(walk.items).toEqual([999_999]);
  expect(widest.queries).toBeLessThan(12);
});

test('says that nothing is left by its end', async () => {
  const { read } = readerOf([]);
  expect(await walkWindows(read, { from: 5, to: 100 }, 3)).toEqual({ items: [], next: 100 });
});

test('never passes over a date, wherever it starts again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(5_000), { maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      async (dates, wanted) => {
        const sorted = [...dates].sort((a, b) => a - b);
        const left = new Set(sorted);
        let from = 0;
        while (from < 5_001) {
          const { read } = readerOf(sorted.filter((date) => left.has(date)));
          const walk = await walkWindows(read, { from, to: 5_001 }, wanted);
          for (const date of walk.items) left.delete(date);
          from = walk.next;
        }
        expect(left.size).toBe(0);
      },
    ),
  );
});
