import { join } from 'node:path';
import dotenv from 'dotenv';
import { fileVariablesOf } from './config/files.ts';
import { unknownNames } from './config/unknown-names.ts';
import { type Config, ConfigError, loadConfig, VARIABLES } from './config.ts';
import { openLog } from './log-output.ts';
import { type Service, startService } from './service.ts';
import { memoryFacts, startupError, welcome, welcomeText } from './startup.ts';
import { onStopSignal } from './stop-signals.ts';

/** A shutdown that hangs is ended this long after SHUTDOWN_SECONDS. */
const LAST_RESORT_MS = 1_000;

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const { parsed: dotenvFile = {} } = dotenv.config({ quiet: true });

const readConfig = (): Config => {
  try {
    return loadConfig(process.env);
  } catch (error) {
    return error instanceof ConfigError ? fail(error.message) : fail(String(error));
  }
};

const config = readConfig();
const { log, end: endLog } = openLog(config.logLevel);

let service: Service | undefined;
let stopping = false;

const stop = async (reason: string): Promise<void> => {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  setTimeout(() => process.exit(1), config.shutdownMs + LAST_RESORT_MS).unref();
  await service?.close();
  log.info('stopped');
  await endLog();
  process.exit(0);
};

onStopSignal((signal) => void stop(signal));
// `npm start` keeps an IPC channel to this process; once it closes, there is no one left to stop us.
process.on('disconnect', () => void stop('the parent process has exited'));

const ignored = unknownNames(Object.keys(dotenvFile), [...VARIABLES, ...fileVariablesOf(VARIABLES)]);
if (ignored !== null) log.warn(ignored);

try {
  const { dirname } = import.meta;
  const files = {
    worker: join(dirname, 'worker.js'),
    guardian: join(dirname, 'embedded', 'guardian.js'),
    page: join(dirname, 'web'),
  };
  service = await startService(config, files, log);
  const ready = welcome(config, service);
  // Plain text for a terminal, one record for log collectors.
  if (process.stdout.isTTY) process.stdout.write(welcomeText(ready));
  else log.info({ url: service.url, ...ready.facts, limits: memoryFacts(config) }, ready.headline);
} catch (error) {
  log.debug({ err: error }, 'startup failed');
  await endLog();
  fail(startupError(error, config));
}
