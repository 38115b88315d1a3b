import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../config.ts';
import { type Service, type ServiceFiles, startService } from '../service.ts';

export interface LocalService extends Service {
  /** What output URLs begin with, before the name of the output; leads nowhere, so that it can be told and replaced. */
  readonly outputPrefix: string;
}

/** Below the folder of images: the database of the job and its log, so that an interrupted job can go on. */
const WORK_FOLDER = '.work';

export const logFileOf = (images: string): string => join(images, WORK_FOLDER, 'service.log');

export interface LocalOptions {
  /** Forget what an earlier run has done. */
  readonly fresh: boolean;
  /** Networks that images may come from although they are not public; null: as the environment says. */
  readonly allowPrivate: string | null;
}

/** What the service tells at its start that is worth a line: the first on a machine installs a database. */
const WORTH_TELLING = /^(?:Installing|Looking for a downloaded|Waiting for)/;

/**
 * Starts the service in this process for one folder of images: on a free port of the loopback interface and with a
 * database of its own, whatever the environment says about databases, stores, roles and keys. It gives the limits.
 * @param say is told of what takes long
 */
export const startLocalService = async (
  images: string,
  env: Readonly<Record<string, string | undefined>>,
  files: ServiceFiles,
  { fresh, allowPrivate }: LocalOptions,
  say: (message: string) => void,
): Promise<LocalService> => {
  const work = join(images, WORK_FOLDER);
  if (fresh) await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const publicUrl = 'http://outputs.invalid';
  const config = loadConfig({
    ...env,
    ...{ MONGODB_URI: '', ROLE: '', STORAGE: '', API_KEYS: '', RETENTION_DAYS: '', CORS_ORIGINS: '' },
    ...{ PORT: '0', HOST: '127.0.0.1', PUBLIC_URL: publicUrl, DATA_DIR: work, PROCESSED_DIR: images },
    ...(allowPrivate === null ? {} : { ALLOW_PRIVATE_NETWORKS: allowPrivate }),
  });
  const log = pino(
    {
      level: config.logLevel,
      hooks: {
        logMethod(args, method) {
          const message = args.find((arg) => typeof arg === 'string');
          if (message !== undefined && WORTH_TELLING.test(message)) say(`${message} …`);
          method.apply(this, args);
        },
      },
    },
    pino.destination({ dest: logFileOf(images), sync: true }),
  );
  const service = await startService(config, files, log);
  return { ...service, outputPrefix: `${publicUrl}/processed_images/` };
};
