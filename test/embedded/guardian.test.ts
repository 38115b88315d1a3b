import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from '../../src/embedded/guarded-process.ts';
import { accepts, freePort } from '../../src/embedded/readiness.ts';
import { GUARDIAN_FILE } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

/** Stops as SecantusDB does: at the next connection after SIGTERM. */
const DATABASE = `
  const server = require('node:net').createServer(() => { if (stopping) process.exit(0); });
  let stopping = false;
  process.on('SIGTERM', () => { stopping = true; });
  server.listen(Number(process.argv.at(-1)), '127.0.0.1');
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guardian-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('a database that stops at its next connection is not waited for until it is killed', async () => {
  const port = await freePort();
  const server = await startGuarded({
    guardianFile: GUARDIAN_FILE,
    program: process.execPath,
    args: ['-e', DATABASE, '--', '--port', String(port)],
    logFile: join(directory, 'log'),
    env: process.env,
  });
  await waitFor(() => accepts(port));
  await server.stop();
  expect(await server.ended).toBe('it exited with code 0');
});
