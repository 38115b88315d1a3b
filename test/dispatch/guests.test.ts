import { createScheduler } from '../../src/dispatch/scheduler.ts';

const HOST = 'https://shop.example';

const scheduler = () =>
  createScheduler({ capacity: 8, most: 24, connections: () => 2, maxConsecutiveThrottles: 3, maxAttempts: 3 });

const typesOf = (actions: readonly { readonly type: string; readonly imageId?: string }[]) =>
  actions.map(({ type, imageId }) => `${type} ${imageId}`);

test('images of no request take permits of their host in turn, and give them back', () => {
  const { handle } = scheduler();
  const ask = (imageId: string) => typesOf(handle({ type: 'guest', imageId, host: HOST }, 0));
  expect([ask('a'), ask('b'), ask('c'), ask('d')]).toEqual([['grant a'], ['grant b'], [], []]);
  expect(typesOf(handle({ type: 'downloaded', imageId: 'a' }, 10))).toEqual(['grant c']);
  expect(typesOf(handle({ type: 'ended', imageId: 'a', dueInMs: null }, 20))).toEqual([]);
  // Its client has left while it waited.
  expect(typesOf(handle({ type: 'ended', imageId: 'd', dueInMs: null }, 30))).toEqual([]);
  expect(typesOf(handle({ type: 'ended', imageId: 'b', dueInMs: null }, 40))).toEqual([]);
  expect(ask('e')).toEqual(['grant e']);
});

test('a host that asked for a slower pace refuses them, and so does one that stops', () => {
  const { handle } = scheduler();
  handle({ type: 'guest', imageId: 'a', host: HOST }, 0);
  const result = { ok: false, code: 'source_rate_limited', message: '', retryable: true, retryAfterMs: 5_000 } as const;
  handle({ type: 'processed', imageId: 'a', result }, 10);
  expect(typesOf(handle({ type: 'guest', imageId: 'b', host: HOST }, 20))).toEqual(['refuse b']);
  expect(typesOf(handle({ type: 'guest', imageId: 'c', host: 'https://other.example' }, 20))).toEqual(['grant c']);
  handle({ type: 'stop' }, 30);
  expect(typesOf(handle({ type: 'guest', imageId: 'd', host: 'https://other.example' }, 40))).toEqual(['refuse d']);
});
