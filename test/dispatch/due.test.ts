import { type ClaimCursor, type ClaimLeft, type DueImage, findDue, newCursor } from '../../src/dispatch/due.ts';
import type { Range } from '../../src/requests/due-dates.ts';

const NOW = Date.UTC(2026, 0, 1);

/** The images of a request in memory, by due date, with what each query asked for. */
const request = (urls: readonly string[]) => {
  const due = new Map(urls.map((inputUrl, seq) => [`${seq}`, { _id: `${seq}`, inputUrl, nextAt: new Date(seq) }]));
  const queries: (Range & { readonly limit: number })[] = [];
  const read = async (range: Range, limit: number): Promise<DueImage[]> => {
    queries.push({ ...range, limit });
    return [...due.values()]
      .filter(({ nextAt }) => nextAt.getTime() >= range.from && nextAt.getTime() < range.to)
      .sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime())
      .slice(0, limit);
  };
  const rooms = new Map<string, number>();
  const lefts: ClaimLeft[] = [];
  const hosts = {
    hostOf: (url: string) => url,
    available: (host: string | null) => rooms.get(host ?? '') ?? Number.POSITIVE_INFINITY,
  };
  const claim = async (wanted: number, cursor: ClaimCursor): Promise<string[]> => {
    const { due: found, left } = await findDue(
      read,
      { total: urls.length, now: NOW, aheadMs: 10_000 },
      wanted,
      cursor,
      hosts,
    );
    lefts.push(left);
    return found.map(({ _id, inputUrl }) => (due.delete(_id) ? inputUrl : `twice: ${_id}`));
  };
  /** What the last claim left. */
  const left = () => lefts.at(-1);
  return { due, rooms, queries, claim, left };
};
const many = (count: number, url: string) => Array.from({ length: count }, () => url);

test('images whose host has no capacity are passed, and come when it has, none lost and none twice', async () => {
  const { rooms, claim, due } = request(Array.from({ length: 300 }, (_, seq) => (seq % 3 === 0 ? 'fast' : 'slow')));
  const cursor = newCursor();
  const got: string[] = [];
  for (let round = 0; due.size > 0 && round < 1_000; round += 1) {
    rooms.set('slow', round % 7 === 0 ? 2 : 0);
    got.push(...(await claim(4, cursor)));
  }
  expect(got.filter((url) => url === 'fast')).toHaveLength(100);
  expect(got.filter((url) => url === 'slow')).toHaveLength(200);
  expect(got.slice(0, 102).filter((url) => url === 'fast').length).toBeGreaterThan(75);
});

test('the fast host behind 20,000 images of a slow one is reached by reading them once', async () => {
  const { rooms, claim, queries, left } = request([...many(20_000, 'slow'), ...many(10, 'fast')]);
  rooms.set('slow', 0);
  const cursor = newCursor();
  let got: string[] = [];
  let rounds = 0;
  for (; got.length === 0; rounds += 1) {
    got = await claim(8, cursor);
    expect(got.length > 0 || left()?.more === true).toBe(true);
  }
  expect(got).toEqual(many(8, 'fast'));
  expect(queries.length).toBeLessThan(20_000 / 500 + 10 + rounds);
  expect(Math.max(...queries.map(({ limit }) => limit))).toBeLessThanOrEqual(500);

  queries.length = 0;
  expect(await claim(8, cursor)).toEqual(many(2, 'fast'));
  expect(await claim(8, cursor)).toEqual([]);
  expect(left()).toMatchObject({ more: false, saturatedHosts: ['slow'] });
  rooms.set('slow', 3);
  expect(await claim(8, cursor)).toEqual(many(3, 'slow'));
  // Where the slow ones begin is remembered: nothing is read from the start again.
  expect(queries.length).toBeLessThan(8);
});

test('of requeued images, those without capacity do not hide the others', async () => {
  const { due, rooms, claim, left } = request(many(301, 'slow'));
  for (const image of due.values()) image.nextAt = new Date(NOW - 1_000 + Number(image._id));
  const last = due.get('300');
  if (last !== undefined) last.inputUrl = 'fast';
  rooms.set('slow', 0);
  const cursor = newCursor();
  const got: string[] = [];
  for (let round = 0; round < 5; round += 1) got.push(...(await claim(4, cursor)));
  expect(got).toEqual(['fast']);
  expect(left()).toMatchObject({ more: false, saturatedHosts: ['slow'] });
});

test('returns that nothing is due at all', async () => {
  const { claim, left } = request(many(3, 'a'));
  const cursor = newCursor();
  expect(await claim(8, cursor)).toHaveLength(3);
  expect(await claim(8, cursor)).toEqual([]);
  expect(left()).toMatchObject({ more: false, saturatedHosts: [] });
});
