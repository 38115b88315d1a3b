import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceEnvironment } from '../prepare.mjs';
import { succeeded } from './steps.mjs';

const STOP_MS = 15_000;
const WARNING = 40;
const KEPT_LINES = 15;

/** Its own database and settings: empty variables override the environment and `.env` with the defaults. */
const environment = (root, directory, settings) => ({
  ...serviceEnvironment(),
  ...{ MONGODB_URI: '', PUBLIC_URL: '', STORAGE: '', WEBHOOK_SECRET: '', API_KEYS: '', ROLE: '' },
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: join(directory, 'data'),
  PROCESSED_DIR: join(root, 'processed_images'),
  ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
  LOG_LEVEL: 'info',
  ...settings,
  BIP_PARENT_CHANNEL: '1',
});

/**
 * Starts the built service on a free port and waits until it is ready.
 * @param node the program of Node.js that runs it
 * @param settings additional variables
 * @param say called with log messages of the start, and later with warnings
 * @param onLost called if the service exits unexpectedly
 * @param onStarted gets the function that stops it and returns its exit code, as soon as the process is started
 */
export const startService = async (options) => {
  const { root, directory, node = process.execPath, settings = {}, signal, say, onLost, onStarted } = options;
  const child = spawn(node, [join(root, 'dist', 'main.js')], {
    cwd: directory,
    env: environment(root, directory, settings),
    // The channel closes when this process ends, even if it is killed, and the service then stops.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  let stopping = false;
  onStarted(async () => {
    stopping = true;
    child.kill('SIGTERM');
    const inTime = new AbortController();
    await Promise.race([exited, pause(STOP_MS, undefined, { signal: inTime.signal })]);
    inTime.abort();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    const [code] = await exited;
    return code;
  });

  const lines = [];
  const keep = (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const url = await new Promise((resolve, reject) => {
    let ready = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const entry = readLog(line);
      if (entry.url !== undefined && !ready) {
        ready = true;
        resolve(entry.url);
      } else if (!ready || entry.level >= WARNING) say(entry.msg);
    });
    child.once('close', (code) => {
      const lost = new Error(`the service exited unexpectedly (exit code ${code})\n  ${lines.join('\n  ')}`);
      reject(lost);
      if (!stopping) onLost(lost);
    });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  await succeeded(await fetch(`${url}/ready`, { signal }), 'GET /ready');
  return { url };
};

/** An entry of the service's log, or any other line as its message. */
const readLog = (line) => {
  try {
    const { level, msg, url } = JSON.parse(line);
    return { level, msg, url };
  } catch {
    return { level: WARNING, msg: line, url: undefined };
  }
};
