// The built service with a given worker file: `node service-process.mjs WORKER_FILE`.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';

const built = (name) => import(pathToFileURL(resolve('dist', name)).href);
const { loadConfig } = await built('config.js');
const { startService } = await built('service.js');
const config = loadConfig(process.env);
const log = pino({ level: config.logLevel });
const files = { worker: resolve(process.argv[2]), guardian: resolve('dist/embedded/guardian.js') };
const service = await startService(config, files, log);
log.info({ url: service.url }, 'ready');
