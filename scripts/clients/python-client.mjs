/**
 * `npm run test:clients`: makes a Python client of the OpenAPI document with openapi-python-client and has it upload, poll,
 * fetch and verify a webhook (journey.py) against the service on loopback. The last line is `N passed, N failed`, or
 * `0 passed, 0 failed` with the reason before it when the generator cannot be installed here.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startService } from '../demo/service.mjs';
import { root, run } from '../prepare.mjs';
import { pythonEnvironment, runWithPackages } from '../python-environment.mjs';

const GENERATOR = '0.29.1';
const VERIFIER = '1.1.0';
const KEY = 'client-key-of-this-run-only';
const { python, install } = pythonEnvironment(
  `openapi-python-client-${GENERATOR}-${VERIFIER}`,
  [`openapi-python-client==${GENERATOR}`, `standardwebhooks==${VERIFIER}`],
  'openapi_python_client, standardwebhooks',
);

/** Writes the client into the folder. */
const generate = async (url, directory) => {
  const file = path.join(directory, 'openapi.json');
  writeFileSync(file, await (await fetch(`${url}/docs/openapi.json`)).text());
  const config = path.join(root, 'client', 'openapi-python-client.yaml');
  const args = ['-m', 'openapi_python_client', 'generate', '--path', file, '--config', config, '--meta', 'none'];
  const done = spawnSync(python, [...args, '--output-path', path.join(directory, 'generated')], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`openapi-python-client failed:\n${done.stdout}${done.stderr}`);
};

const test = async (directory) => {
  let stop = async () => {};
  try {
    const { url } = await startService({
      root,
      directory,
      settings: { API_KEYS: KEY, PROCESSED_DIR: path.join(directory, 'processed_images') },
      signal: new AbortController().signal,
      say: console.log,
      onLost: (error) => console.log(error.message),
      onStarted: (stopper) => {
        stop = stopper;
      },
    });
    await generate(url, directory);
    const journey = path.join(root, 'scripts', 'clients', 'journey.py');
    return await run(python, [journey], {
      cwd: directory,
      env: { ...process.env, PYTHONPATH: directory, URL: url, KEY },
    });
  } finally {
    await stop();
  }
};

await runWithPackages(install, { skipped: 'no Python client was made', prefix: 'python-client-' }, test);
