import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestConnection, testConnection } from './support/database.ts';

const OUTPUTS = 'processed_images';
let database: TestConnection;
let before: string[];
beforeAll(async () => {
  database = await testConnection();
  before = await readdir(OUTPUTS);
});
afterAll(async () => {
  await database.close();
  for (const name of await readdir(OUTPUTS)) if (!before.includes(name)) await rm(join(OUTPUTS, name));
});

test('npm run demo does the whole job, stops all it has started and ends with 0', async () => {
  const child = spawn(process.execPath, ['scripts/demo.mjs'], {
    env: { ...process.env, TEST_MONGODB_URI: database.uri },
    stdio: ['ignore', 'pipe', 'pipe'],
    // What it does not stop itself keeps it from ending.
    timeout: 80_000,
    killSignal: 'SIGTERM',
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(out).toContain('✓ All done');
});
