import { join } from 'node:path';
import { pino } from 'pino';
import { fileVariablesOf } from '../config/files.ts';
import { type Config, loadConfig } from '../config.ts';
import { type Service, type ServiceFiles, startService } from '../service.ts';

export const logFileOf = (work: string): string => join(work, 'service.log');

export interface LocalOptions {
  /** The folder of the images. */
  readonly images: string;
  /** The folder of the job's database and log. */
  readonly work: string;
  /** Images in flight at once; null uses the environment. */
  readonly concurrency: number | null;
  /** Private networks that image URLs may reach; null uses the environment. */
  readonly allowPrivate: string | null;
  /** The path of an image in the output. */
  readonly outputPath: (name: string) => string;
}

/** Start-up log messages shown to the user: the first run on a machine installs a database. */
const SHOWN_MESSAGES = /^(?:Installing|Looking for a downloaded|Waiting for)/;

const MOST_THREADS = 3;

/** Threads and images in each, at most so many together. */
const threadsFor = (concurrency: number): { readonly threads: number; readonly tasks: number } =>
  Array.from({ length: Math.min(MOST_THREADS, concurrency) }, (_, index) => index + 1)
    .map((threads) => ({ threads, tasks: Math.min(128, Math.floor(concurrency / threads)) }))
    .reduce((best, each) => (each.threads * each.tasks >= best.threads * best.tasks ? each : best));

const concurrencyVariables = (concurrency: number | null): Record<string, string> => {
  if (concurrency === null) return {};
  const { threads, tasks } = threadsFor(concurrency);
  return { WORKER_THREADS: `${threads}`, TASKS_PER_THREAD: `${tasks}` };
};

/**
 * The configuration of a run. Settings for databases, stores, roles and keys in the environment are ignored; its limits apply.
 * @throws ConfigError
 */
export const localConfig = (
  env: Readonly<Record<string, string | undefined>>,
  { images, work, concurrency, allowPrivate }: Omit<LocalOptions, 'outputPath'>,
): Config => {
  const own: Readonly<Record<string, string>> = {
    ...{ MONGODB_URI: '', ROLE: '', STORAGE: '', API_KEYS: '', RETENTION_DAYS: '', CORS_ORIGINS: '' },
    ...{ PORT: '0', HOST: '127.0.0.1', PUBLIC_URL: '', DATA_DIR: work, PROCESSED_DIR: images },
    ...concurrencyVariables(concurrency),
    ...(allowPrivate === null ? {} : { ALLOW_PRIVATE_NETWORKS: allowPrivate }),
  };
  const noFiles = Object.fromEntries(fileVariablesOf(Object.keys(own)).map((name) => [name, '']));
  return loadConfig({ ...env, ...own, ...noFiles });
};

/**
 * Starts the service in this process for one image folder, on a free loopback port and with its own database.
 * @param report called with messages about slow steps
 */
export const startLocalService = async (
  env: Readonly<Record<string, string | undefined>>,
  files: ServiceFiles,
  options: LocalOptions,
  report: (message: string) => void,
): Promise<Service> => {
  const { work, outputPath } = options;
  const config = localConfig(env, options);
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
    pino.destination({ dest: logFileOf(work), sync: true }),
  );
  return startService(config, files, log, outputPath);
};
