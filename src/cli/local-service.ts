import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../config.ts';
import { type Service, type ServiceFiles, startService } from '../service.ts';

/** Inside the image folder: the job's database and log, so that an interrupted job can be resumed. */
const WORK_FOLDER = '.work';

export const logFileOf = (images: string): string => join(images, WORK_FOLDER, 'service.log');

export interface LocalOptions {
  /** Discard the state of an earlier run. */
  readonly fresh: boolean;
  /** Private networks that image URLs may reach; null uses the environment. */
  readonly allowPrivate: string | null;
  /** The path of the images in the output, ending in a slash or empty. */
  readonly outputPrefix: string;
}

/** Start-up log messages shown to the user: the first run on a machine installs a database. */
const SHOWN_MESSAGES = /^(?:Installing|Looking for a downloaded|Waiting for)/;

/**
 * Starts the service in this process for one image folder, on a free loopback port and with its own database. Settings
 * for databases, stores, roles and keys in the environment are ignored; its limits apply.
 * @param report called with messages about slow steps
 */
export const startLocalService = async (
  images: string,
  env: Readonly<Record<string, string | undefined>>,
  files: ServiceFiles,
  { fresh, allowPrivate, outputPrefix }: LocalOptions,
  report: (message: string) => void,
): Promise<Service> => {
  const work = join(images, WORK_FOLDER);
  if (fresh) await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const config = loadConfig({
    ...env,
    ...{ MONGODB_URI: '', ROLE: '', STORAGE: '', API_KEYS: '', RETENTION_DAYS: '', CORS_ORIGINS: '' },
    ...{ PORT: '0', HOST: '127.0.0.1', PUBLIC_URL: '', DATA_DIR: work, PROCESSED_DIR: images },
    ...(allowPrivate === null ? {} : { ALLOW_PRIVATE_NETWORKS: allowPrivate }),
  });
  const log = pino(
    {
      level: config.logLevel,
      hooks: {
        logMethod(args, method) {
          const message = args.find((arg) => typeof arg === 'string');
          if (message !== undefined && SHOWN_MESSAGES.test(message)) report(`${message}…`);
          method.apply(this, args);
        },
      },
    },
    pino.destination({ dest: logFileOf(images), sync: true }),
  );
  return startService(config, files, log, outputPrefix);
};
