import { createActiveReader } from '../../src/dispatch/active-requests.ts';
import { type ActiveRequest, ALL_IDS, type IdRange } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';

const active = (count: number): ActiveRequest[] =>
  Array.from({ length: count }, (_, n) => ({
    // Spread evenly, as random ids are.
    _id: `${Math.floor((n * 16 ** 6) / count)
      .toString(16)
      .padStart(6, '0')}-${n}`,
    ...{ state: 'queued' as const, run: 1, options: { quality: 50, format: 'jpeg' as const } },
    ...{ total: 1, counters: NO_COUNTS },
  }));

const reader = (requests: { all: ActiveRequest[] }) => {
  const reads: number[] = [];
  const read = createActiveReader(async (range: IdRange, limit: number) => {
    const found = requests.all.filter(({ _id }) => _id >= range.from && _id < range.to).slice(0, limit);
    reads.push(found.length);
    return found;
  });
  return { read, reads };
};

test('few active requests are read at once', async () => {
  const { read, reads } = reader({ all: active(900) });
  const { range, requests } = await read();
  expect([range, requests.length, reads]).toEqual([ALL_IDS, 900, [900]]);
});

test('a hundred thousand are read in parts, each once around, and no read brings more than a thousand', async () => {
  const all = active(100_000);
  const { read, reads } = reader({ all });
  const seen = new Map<string, number>();
  let looks = 0;
  for (; seen.size < all.length && looks < 1_000; looks += 1) {
    const { requests } = await read();
    for (const { _id } of requests) seen.set(_id, (seen.get(_id) ?? 0) + 1);
  }
  expect(seen.size).toBe(all.length);
  expect(Math.max(...seen.values())).toBe(1);
  expect(looks).toBeLessThanOrEqual(256);
  expect(Math.max(...reads)).toBeLessThanOrEqual(1_000);
});

test('when they become few again, they are read at once again', async () => {
  const requests = { all: active(5_000) };
  const { read, reads } = reader(requests);
  await read();
  requests.all = active(10);
  for (let looks = 0; looks < 16; looks += 1) await read();
  expect((await read()).range).toEqual(ALL_IDS);
  expect(reads.at(-1)).toBe(10);
});
