import type { LookupAddress } from 'node:dns';
import { jest } from '@jest/globals';
import { createHostNames } from '../../src/dispatch/host-names.ts';
import { NameError } from '../../src/network/resolver.ts';

const ADDRESSES: LookupAddress[] = [{ address: '192.0.2.1', family: 4 }];

/** A resolver whose look-ups end when the test says so. */
const setUp = () => {
  const time = { now: 1 };
  const asked = new Map<string, { found: () => void; failed: () => void }>();
  const known = new Map<string, LookupAddress[]>();
  const resolver = {
    known: (host: string) => known.get(host),
    find: (host: string) =>
      new Promise<LookupAddress[]>((resolve, reject) => {
        asked.set(host, {
          found: () => resolve(ADDRESSES),
          failed: () => reject(new NameError('EAI_AGAIN', host)),
        });
      }),
  };
  const names = createHostNames(
    resolver,
    (url) => !url.includes('/samples/'),
    () => time.now,
  );
  return { names, asked, known, time };
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const url = (host: string): string => `http://${host}/x.jpg`;
const LATE_MS = 600;

test('images wait by registered domain until their name is found, and not where there is nothing to look up', async () => {
  const { names, asked, known } = setUp();
  known.set('cached.example', ADDRESSES);
  for (const free of ['http://192.0.2.1/', 'http://[::1]/', 's3://photos/a.jpg', 'nonsense', url('cached.example')]) {
    expect(names.groupOf(free)).toBeNull();
  }
  expect(names.groupOf('http://shop.example/samples/cup.jpg')).toBeNull();
  const group = names.groupOf(url('a.b.shop.co.uk')) ?? '';
  expect(group).toBe('name:shop.co.uk');
  expect(names.groupOf(url('c.shop.co.uk'))).toBe(group);
  expect(names.groupOf(url('d.other.co.uk'))).not.toBe(group);

  const found = names.find(url('a.b.shop.co.uk'));
  asked.get('a.b.shop.co.uk')?.found();
  expect(await found).toEqual({ kind: 'found', host: { name: 'a.b.shop.co.uk', addresses: ADDRESSES } });
  expect(names.groupOf(url('a.b.shop.co.uk'))).toBeNull();
  expect(names.groupOf(url('c.shop.co.uk'))).toBe(group);
  expect(names.isOf(group, url('a.b.shop.co.uk'))).toBe(true);
});

test('a domain has a few look-ups at once, and its neighbours theirs', async () => {
  const { names, asked } = setUp();
  const group = names.groupOf(url('h.dead.example')) ?? '';
  expect(names.available(group)).toBe(4);
  const waiting = [0, 1, 2, 3].map((n) => names.find(url(`h${n}.dead.example`)));
  expect(names.available(group)).toBe(0);
  expect(names.available(names.groupOf(url('good.example')) ?? '')).toBe(4);
  for (const { failed } of asked.values()) failed();
  for (const outcome of await Promise.all(waiting)) {
    expect(outcome).toMatchObject({ kind: 'failed', result: { code: 'host_not_found', retryable: true } });
  }
  expect(names.available(group)).toBe(4);
});

test('slow look-ups leave the quick ones their places; what is too much is given back, and its domain paused', async () => {
  const { names, asked, time } = setUp();
  const outcomes: string[] = [];
  const look = (host: string) => names.find(url(host)).then(({ kind }) => outcomes.push(kind));
  const roomOf = (host: string): number => names.available(names.groupOf(url(host)) ?? '');
  let dead = 0;
  for (; outcomes.length === 0 && dead < 1_000; dead += 1) {
    if (roomOf(`dead${dead}.example`) === 0) {
      await jest.advanceTimersByTimeAsync(LATE_MS);
      // However many are slow, after half a second a name that is new has a place.
      expect(roomOf('new.example')).toBeGreaterThan(0);
    }
    void look(`dead${dead}.example`);
  }
  expect(dead).toBeGreaterThan(100);
  expect(dead).toBeLessThan(250);
  expect(outcomes).toContain('crowded');
  const paused = [...asked.keys()].filter((host) => roomOf(host) === 0);
  expect(paused.length).toBe(outcomes.length);
  time.now += 6_000;
  expect([...asked.keys()].filter((host) => roomOf(host) === 0)).toEqual([]);

  const good = names.find(url('new.example'));
  asked.get('new.example')?.found();
  expect(await good).toMatchObject({ kind: 'found' });
});

test('a stop gives back what waits', async () => {
  const { names } = setUp();
  const waiting = names.find(url('dead.example'));
  names.close();
  expect(await waiting).toEqual({ kind: 'crowded' });
});
