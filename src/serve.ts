import { join } from 'node:path';
import dotenv from 'dotenv';
import { pino } from 'pino';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { type Service, startService } from './service.ts';
import { startupError, welcome } from './startup.ts';

/** A shutdown that hangs is ended this long after SHUTDOWN_SECONDS. */
const LAST_RESORT_MS = 1_000;

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const readConfig = (): Config => {
  dotenv.config({ quiet: true });
  try {
    return loadConfig(process.env);
  } catch (error) {
    return error instanceof ConfigError ? fail(error.message) : fail(String(error));
  }
};

const config = readConfig();
const log = pino({ level: config.logLevel });

let service: Service | undefined;
let stopping = false;

const stop = async (reason: string): Promise<void> => {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  setTimeout(() => process.exit(1), config.shutdownMs + LAST_RESORT_MS).unref();
  await service?.close();
  log.info('stopped');
  process.exit(0);
};

process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));
// `npm start` keeps an IPC channel to this process; once it closes, there is no one left to stop us.
process.on('disconnect', () => void stop('the parent process has exited'));

/** Turns a line of a name, spaces and a value into `name: value` for the log. */
const asRecord = (line: string): string => {
  const [name, ...rest] = line.trim().split('  ');
  return rest.length === 0 ? `${name}` : `${name}: ${rest.join('  ').trim()}`;
};

try {
  const { dirname } = import.meta;
  const files = {
    worker: join(dirname, 'worker.js'),
    guardian: join(dirname, 'embedded', 'guardian.js'),
    page: join(dirname, 'web'),
  };
  service = await startService(config, files, log);
  const { url, database } = service;
  log.info({ url, database }, `ready: ${url}`);
  // Plain text for a terminal, records for log collectors.
  for (const line of welcome(config, service)) {
    if (process.stdout.isTTY) process.stdout.write(`${line}\n`);
    else log.info(asRecord(line));
  }
} catch (error) {
  log.debug({ err: error }, 'startup failed');
  fail(startupError(error, config));
}
