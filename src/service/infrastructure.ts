import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createClock } from '../database/clock.ts';
import { connect, withoutSecrets } from '../database/connect.ts';
import { checkDatabase } from '../database/start-check.ts';
import { upgradeStoredData } from '../database/upgrade.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import { processMark } from '../embedded/processes.ts';
import { errnoOf, isDiskFull } from '../errno.ts';
import { AppError } from '../errors.ts';
import { sweepUploads } from '../http/uploads/upload-files.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { VERSION } from '../network/user-agent.ts';
import { createImageStore } from '../requests/image-store.ts';
import { createModels, ensureIndexes } from '../requests/models.ts';
import { createRemovalStore } from '../requests/removal-store.ts';
import { createRequestStore } from '../requests/request-store.ts';
import { createUploadKeys } from '../requests/upload-keys.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { createStorage } from '../storage/create.ts';
import type { Storage, StorageConfig } from '../storage/storage.ts';
import { createOutbox } from '../webhooks/outbox.ts';

export interface ServiceFiles {
  /** Built JavaScript of the image worker and the database guardian, for threads and processes to run. */
  readonly worker: string;
  readonly guardian: string;
  /** The built page with its samples; without it, neither is served. */
  readonly page?: string;
}

/** Run in reverse order at shutdown. */
export type Disposers = (() => Promise<void>)[];

export type Infrastructure = Awaited<ReturnType<typeof createInfrastructure>>;

/** What everything else needs: the database and its stores, the image storage, the upload folder, the metrics. */
export const createInfrastructure = async (config: Config, files: ServiceFiles, log: Logger, disposers: Disposers) => {
  const imageDirectory = config.storage.kind === 'local' ? resolve(config.storage.directory) : null;
  const uploadDirectory = resolve(join(config.dataDirectory, 'uploads'));
  await mkdir(uploadDirectory, { recursive: true });
  await sweepUploads(uploadDirectory, processMark, Date.now());
  const { apiKeys, operatorKeys } = config.access;
  if ([...apiKeys, ...operatorKeys].some(({ short }) => short)) {
    log.warn('API_KEYS or OPERATOR_KEYS contains a key shorter than 16 characters, which could be guessed');
  }
  const storageConfig: StorageConfig =
    config.storage.kind === 'local'
      ? { ...config.storage, directory: resolve(config.storage.directory) }
      : config.storage;
  let full: unknown = null;
  const storage: Storage = await createStorage(storageConfig);
  await storage.check().catch((error: unknown) => {
    // A full disk is temporary: the service starts and is not ready until there is space. A wrong path is an error.
    if (!isFull(error)) throw error;
    full = error;
  });

  let lost: (reason: string) => void = (reason) => log.warn({}, reason);
  const database =
    config.mongodbUri === null
      ? await embedded(config, files, log, disposers, (reason) => lost(`the embedded database ${reason}`))
      : { uri: config.mongodbUri, name: withoutSecrets(config.mongodbUri) };
  const connection = await connect(database.uri, leveled(log), (reason) => lost(reason));
  disposers.push(() => connection.close());
  await checkDatabase(connection, database.uri);
  const clock = createClock(connection);
  await clock.start();
  disposers.push(async () => clock.stop());
  const { now } = clock;

  const models = createModels(connection);
  await ensureIndexes(models);
  const outbox = createOutbox(connection, now, createRemovalStore(models).visible);
  await outbox.ensureIndexes();
  const upgraded = await upgradeStoredData(connection);
  if (upgraded > 0) log.info({ upgraded }, `Stored data upgraded to schema version ${SCHEMA_VERSION}`);
  const requests = createRequestStore(models, now);
  const metrics = createMetrics({ version: VERSION, role: config.role });
  // Two gauges of one scrape share a query.
  let reading: ReturnType<typeof requests.unfinishedWork> | null = null;
  const unfinished = (): ReturnType<typeof requests.unfinishedWork> => {
    reading ??= requests.unfinishedWork().finally(() => {
      reading = null;
    });
    return reading;
  };
  metrics.watchQueue({
    images: async () => (await unfinished()).images,
    async oldestSeconds() {
      const { since } = await unfinished();
      return since === null ? 0 : Math.max(0, (now().getTime() - since.getTime()) / 1_000);
    },
    webhooks: () => outbox.pending(),
  });

  return {
    ...{ connection, databaseName: database.name, now, models, outbox, metrics },
    /** Calls the listener whenever the connection, or the embedded database itself, is lost. */
    onDatabaseLost: (listener: (reason: string) => void): void => {
      lost = listener;
    },
    ...{ storage, storageConfig, imageDirectory, uploadDirectory },
    /** Why the storage took nothing at the start; null when it did. */
    storageFull: full,
    requests,
    images: createImageStore(models, now),
    uploadKeys: createUploadKeys(models, requests, now, config.leaseMs),
  };
};

const embedded = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  disposers: Disposers,
  onExit: (reason: string) => void,
): Promise<{ readonly uri: string; readonly name: string }> => {
  const database = await startEmbedded({
    dataDirectory: resolve(config.dataDirectory),
    guardianFile: files.guardian,
    cacheBytes: config.databaseCacheBytes,
    log: leveled(log),
    onExit,
  });
  disposers.push(() => database.stop());
  return { uri: database.uri, name: `${database.engine} in ${database.directory}` };
};

const WARNING = 'WARNING: ';

const leveled =
  (log: Logger) =>
  (message: string, facts: object = {}, level?: 'debug'): void => {
    if (message.startsWith(WARNING)) log.warn(facts, message.slice(WARNING.length));
    else log[level ?? 'info'](facts, message);
  };

const isFull = (error: unknown): boolean => error instanceof AppError && isDiskFull(errnoOf(error.cause));
