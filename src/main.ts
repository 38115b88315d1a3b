import { join } from 'node:path';
import dotenv from 'dotenv';
import { pino } from 'pino';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { type Service, startService } from './service.ts';

/** A stop that hangs is ended this much later than SHUTDOWN_SECONDS. */
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
// `npm start` holds a channel to this process; when it closes, nobody is left who could stop us.
process.on('disconnect', () => void stop('the starting process is gone'));

try {
  const { dirname } = import.meta;
  const files = { worker: join(dirname, 'worker.js'), guardian: join(dirname, 'database', 'guardian.js') };
  service = await startService(config, files, log);
  log.info({ url: service.url }, `ready: ${service.url}`);
} catch (error) {
  log.debug({ err: error }, 'the service could not start');
  fail(startFault(error));
}

/** One line with the cure for what usually goes wrong at the start. */
function startFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${config.port} is in use. Stop the other program, or set PORT to a free one.`;
  if (code === 'EACCES' && message.includes('listen'))
    return `Port ${config.port} may not be opened. Set PORT to one above 1023.`;
  return `The service could not start: ${message}`;
}
