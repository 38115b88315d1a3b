import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { whileConnected } from '../../src/http/while-connected.ts';

const responseOf = (closed: boolean) => Object.assign(new EventEmitter(), { closed }) as unknown as Response;
const reasonOf = (signal: AbortSignal): Promise<unknown> => Promise.resolve(signal.reason);
const LEFT = { code: 'invalid_request' };

test('a client that has left before the wait began ends it at once: its response does not close again', async () => {
  const { signal } = new AbortController();
  expect(await whileConnected(responseOf(true), signal, reasonOf)).toMatchObject(LEFT);
  expect(await whileConnected(responseOf(false), signal, reasonOf)).toBeUndefined();
});

test('a client that leaves meanwhile ends it, and afterwards nothing listens', async () => {
  const res = responseOf(false);
  const wait = whileConnected(
    res,
    new AbortController().signal,
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason))),
  );
  res.emit('close');
  expect(await wait).toMatchObject(LEFT);
  expect(res.listenerCount('close')).toBe(0);
});
