import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root, serviceEnvironment } from '../../scripts/prepare.mjs';
import { startProgram } from './program.mjs';

const PRELOAD = fileURLToPath(new URL('../programs/loop-delay.mjs', import.meta.url));
const START_MS = 120_000;
const KEPT_LINES = 15;

/** Empty variables override the environment and `.env`, so that the defaults are measured. */
const environment = (variables, settings, directory) => ({
  ...serviceEnvironment(),
  ...Object.fromEntries(variables.map((name) => [name, ''])),
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: join(directory, 'data'),
  PROCESSED_DIR: join(directory, 'images'),
  ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
  ...settings,
});

/**
 * Starts the built service as `npm start` does, with default settings and its own folders.
 * @param settings environment variables required by the benchmark
 * @param nodeArgs arguments of Node, for example `--cpu-prof`
 */
export const startService = async (place, settings, nodeArgs = []) => {
  const directory = await mkdtemp(join(place, 'service-'));
  const { VARIABLES } = await import(new URL('../../dist/config.js', import.meta.url).href);
  const program = startProgram(join(root, 'dist', 'main.js'), {
    cwd: directory,
    env: environment(VARIABLES, settings, directory),
    nodeArgs: ['--import', PRELOAD, ...nodeArgs],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  const keep = (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  };
  createInterface({ input: program.child.stderr }).on('line', keep);
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the service did not start in time')), START_MS);
    let ready = false;
    createInterface({ input: program.child.stdout }).on('line', (line) => {
      keep(line);
      // Parsed only until it is ready, so that parsing the log does not add load.
      if (ready) return;
      const found = /"url":"([^"]+)".*"msg":"Ready/.exec(line);
      if (found === null) return;
      ready = true;
      clearTimeout(late);
      resolve(found[1].replace('localhost', '127.0.0.1'));
    });
    program.exited.then(([code]) => reject(new Error(`the service ended (${code})\n  ${lines.join('\n  ')}`)));
  });
  return {
    url,
    pid: program.pid,
    images: join(directory, 'images'),
    directory,
    /** Event-loop delay in milliseconds since the last question: `{p50, p99, max}`. */
    loopDelay: () => program.ask({ bench: 'loop-delay' }),
    exited: program.exited,
    async stop() {
      await program.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
