import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { healthRoutes } from '../../../src/http/routes/health.ts';

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('calls of /ready share one check for a second', async () => {
  let looks = 0;
  let clock = 0;
  let failure: Error | null = null;
  const check = async (): Promise<void> => {
    looks += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (failure !== null) throw failure;
  };
  server = express()
    .use(healthRoutes([{ name: 'storage', check }], () => clock))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`);
    return [answer.status, await answer.json()];
  };
  const many = await Promise.all(Array.from({ length: 50 }, ready));
  expect(many.every(([status]) => status === 200)).toBe(true);
  expect(looks).toBe(1);
  failure = new Error('the disk is full');
  clock += 999;
  expect((await ready())[0]).toBe(200);
  clock += 1;
  const expected = [503, { status: 'not_ready', checks: { storage: { ok: false, reason: 'the disk is full' } } }];
  expect(await Promise.all([ready(), ready()])).toEqual([expected, expected]);
  expect(looks).toBe(2);
});
