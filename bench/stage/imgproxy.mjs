import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { built } from './built.mjs';

const START_MS = 20_000;

const freePort = async () => {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
};

const versionOf = async (program) => {
  const child = spawn(program, ['version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const text = (await child.stdout.setEncoding('utf8').toArray()).join('');
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? 'of an unknown version';
};

const untilHealthy = async (origin, child) => {
  const late = performance.now() + START_MS;
  while (performance.now() < late && child.exitCode === null) {
    const response = await fetch(`${origin}/health`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
    await pause(50);
  }
  child.kill('SIGKILL');
  throw new Error('imgproxy did not start');
};

/**
 * Starts the imgproxy that is installed, BENCH_IMGPROXY or `imgproxy` on PATH, with its default settings; only its address and
 * sources on loopback are set.
 * @returns its process and address, or `{ missing }`: why there is none
 */
export const startImgproxy = async () => {
  const { findProgram } = await built('embedded/programs');
  const program = process.env.BENCH_IMGPROXY ?? findProgram('imgproxy', process.env);
  if (program === null) return { missing: 'not available here: no `imgproxy` on PATH or in BENCH_IMGPROXY' };
  const bind = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, [], {
    // Only what is set here: other IMGPROXY_ variables of the user would change what is measured.
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME },
      ...{ IMGPROXY_BIND: bind, IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES: 'true' },
    },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  await untilHealthy(`http://${bind}`, child);
  return {
    version: await versionOf(program),
    origin: `http://${bind}`,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
