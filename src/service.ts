import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createClock } from './database/clock.ts';
import { connect, isDatabaseOutage, withoutSecrets } from './database/connect.ts';
import { startEmbedded } from './database/embedded.ts';
import { createDatabaseProbe } from './database/probe.ts';
import { processMark } from './database/processes.ts';
import { AppError } from './errors.ts';
import { pageSettings } from './http/page-settings.ts';
import { createBoundedServer } from './http/server.ts';
import { listen, stopListening } from './http/stopping.ts';
import { sweepUploads, uploadFileName } from './http/upload-files.ts';
import { createImagePool, longestTaskMs } from './images/pool.ts';
import { withSamples } from './images/samples.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createGuardedAgents } from './network/agents.ts';
import { VERSION } from './network/user-agent.ts';
import { createCompletion } from './requests/completion.ts';
import { createControl } from './requests/control.ts';
import { createDispatcher } from './requests/dispatcher.ts';
import { completionEvent } from './requests/event.ts';
import { createImageStore } from './requests/image-store.ts';
import { createIngest } from './requests/ingest.ts';
import { createListing, createSummaries } from './requests/listing.ts';
import { createModels, ensureIndexes } from './requests/models.ts';
import { createOrigins } from './requests/origins.ts';
import { createReconciler } from './requests/reconciler.ts';
import { createRemovalStore } from './requests/removal-store.ts';
import { createReportStore } from './requests/report-store.ts';
import { createReporter } from './requests/reporter.ts';
import { createRequestStore } from './requests/request-store.ts';
import { createRetention } from './requests/retention.ts';
import { createRounds } from './requests/rounds.ts';
import { createSharing } from './requests/sharing.ts';
import { createStoreGate } from './requests/store-gate.ts';
import type { RequestRecord } from './requests/types.ts';
import { createUploadKeys } from './requests/upload-keys.ts';
import { createWatching } from './requests/watching.ts';
import { createStorage } from './storage/create.ts';
import { createLocalStorage } from './storage/local.ts';
import { outputName, type StorageConfig } from './storage/storage.ts';
import { createCourier } from './webhooks/courier.ts';
import { createDeliver } from './webhooks/deliver.ts';
import { createOutbox } from './webhooks/outbox.ts';
import { isValidSecret } from './webhooks/sign.ts';
import type { WorkerData } from './worker.ts';

export interface Service {
  /** Where the page and the API are, for people on this machine. */
  readonly url: string;
  /** Which database runs, without its password. */
  readonly database: string;
  /** Stops taking work, finishes or hands back what runs, then closes everything in the reverse order of its start. */
  close(): Promise<void>;
}

export interface ServiceFiles {
  /** Built JavaScript of the image worker and of the database's guardian; threads and processes run files, not modules. */
  readonly worker: string;
  readonly guardian: string;
  /** The built page with its samples; without it nothing is served at `/`, and there is no sample. */
  readonly page?: string;
}

const RECONCILE_EVERY_MS = 30_000;
const RETENTION_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 5 * 60_000;
/** Nothing takes this long to be written: a put that is held up longer fails, and its image is tried again. */
const TEMPORARY_FILES_AFTER_MS = 15 * 60_000;
/** For connections that are kept open to be told, by an answer, that they will be closed. */
const FAREWELL_MS = 300;
/** Shares of SHUTDOWN_SECONDS by whose end work, then HTTP must have come to an end; the rest is for closing. */
const WORK_SHARE = 0.7;
const HTTP_SHARE = 0.85;
/** An upload of which nothing comes for this long is given up. */
const UPLOAD_STALL_MS = 30_000;
/** Shorter keys can be guessed by someone who may try often. */
const SAFE_KEY_CHARACTERS = 16;

/** Starts every part in order; when one fails, those that already run are closed before the error is thrown. */
export const startService = async (config: Config, files: ServiceFiles, log: Logger): Promise<Service> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.error({ err: error }, 'a part did not close cleanly'));
    }
  };
  try {
    return { ...(await startParts(config, files, log, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const startParts = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Omit<Service, 'close'>> => {
  const imageDirectory = config.storage.kind === 'local' ? resolve(config.storage.directory) : null;
  const uploadDirectory = resolve(join(config.dataDirectory, 'uploads'));
  await mkdir(uploadDirectory, { recursive: true });
  await sweepUploads(uploadDirectory, processMark, Date.now());
  if (config.access.apiKeys.some((key) => key.length < SAFE_KEY_CHARACTERS)) {
    log.warn(`API_KEYS has a key of less than ${SAFE_KEY_CHARACTERS} characters, which could be guessed`);
  }
  const storageConfig: StorageConfig =
    config.storage.kind === 'local'
      ? { ...config.storage, directory: resolve(config.storage.directory) }
      : config.storage;
  const storage = await createStorage(storageConfig);
  await storage.check().catch((error: unknown) => {
    // A full disk passes: the service waits for room, not ready until then. A wrong path does not.
    if (!isFull(error)) throw error;
    log.warn({ err: error }, 'the image store is full; images wait');
  });
  const metrics = createMetrics({ version: VERSION, role: config.role });
  const worksOnImages = config.role !== 'api';
  const servesApi = config.role !== 'worker';

  const database =
    config.mongodbUri === null
      ? await embedded(config, files, log, closers)
      : { uri: config.mongodbUri, name: withoutSecrets(config.mongodbUri) };
  const connection = await connect(database.uri, (message, facts = {}) => log.info(facts, message));
  closers.push(() => connection.close());
  const clock = createClock(connection);
  await clock.start();
  closers.push(async () => clock.stop());
  const { now } = clock;

  const models = createModels(connection);
  await ensureIndexes(models);
  const requests = createRequestStore(models, now);
  const images = createImageStore(models, now);
  const uploadKeys = createUploadKeys(models, requests, now, config.leaseMs);
  metrics.watchQueue(() => requests.unfinishedImages(undefined));

  const outbox = createOutbox(connection, now);
  await outbox.ensureIndexes();
  const agents = createGuardedAgents(config.network);
  closers.push(async () => agents.destroy());
  const courier = createCourier({
    outbox,
    deliver: createDeliver(agents),
    now,
    log,
    onAttempt: (outcome, { durationMs }) => metrics.webhooks.attempted(outcome, durationMs),
  });

  const workerData: WorkerData = {
    limits: config.limits,
    network: config.network,
    storage: storageConfig,
    sources: config.sources.buckets.length === 0 ? null : config.sources,
    ...(files.page !== undefined && { samples: join(files.page, 'samples', 'photos') }),
    threads: config.workerThreads,
    encodeConcurrency: Math.max(1, Math.round(cpus().length / config.workerThreads)),
  };
  const pool = worksOnImages
    ? await createImagePool({
        workerFile: files.worker,
        threads: config.workerThreads,
        tasksPerThread: config.tasksPerThread,
        maxPixelsInFlight: config.limits.maxPixelsInFlight,
        deadlineMs: longestTaskMs(config.limits, config.workerThreads * config.tasksPerThread),
        workerData,
      })
    : null;
  // What was in work has been waited for, or handed back.
  closers.push(async () => pool?.close(0));

  const port = { actual: config.port };
  const publicUrl = (): string => config.publicUrl ?? `http://localhost:${port.actual}`;
  const outputUrl = (name: string): string => storage.publicUrl(name) ?? `${publicUrl()}/processed_images/${name}`;

  const reporter = createReporter({ store: createReportStore(models, now), log, everyMs: RECONCILE_EVERY_MS });
  const samplesBase = (): string => `${publicUrl()}/samples/`;
  const announce = async (request: RequestRecord): Promise<void> => {
    // A worker without PUBLIC_URL knows no address that serves the API; the instance that took the upload does.
    await outbox.enqueue(completionEvent(request, config.publicUrl ?? request.webhook?.servedAt ?? publicUrl()));
    courier.wake();
  };
  const completion = createCompletion(requests, images, announce, reporter.make);
  const storeGate = createStoreGate(
    () => storage.check(),
    () => performance.now(),
  );
  const imagePool = pool === null ? NO_POOL : withSamples(pool, samplesBase);
  const origins = createOrigins(
    {
      connections: config.limits.maxConnectionsPerOrigin,
      most: imagePool.most,
      patience: config.limits.maxAttempts,
    },
    () => performance.now(),
  );
  const dispatcher = createDispatcher({
    images,
    requests,
    completion,
    pool: metrics.watchPool(imagePool),
    origins,
    sharing: createSharing(
      (from, to) => storage.copy(outputName(from.id, from.format), outputName(to.id, to.format)),
      () => performance.now(),
    ),
    storeGate,
    leaseMs: config.leaseMs,
    maxAttempts: config.limits.maxAttempts,
    log,
    random: Math.random,
    onBegin: ({ waitedMs }) => {
      if (waitedMs !== undefined) metrics.images.begun(waitedMs);
    },
    onCancelled: (stopped) => metrics.images.cancelled(stopped),
    onVerdict: (request, image, verdict, stands) => {
      metrics.images.settled(verdict, stands);
      if (verdict.kind === 'completed') return;
      const { code } = verdict.error;
      log.info({ requestId: request._id, imageId: image._id, attempts: image.attempts, code }, `image ${verdict.kind}`);
    },
  });
  const control = createControl({ requests, images, completion, wake: () => dispatcher.wake() });
  const reconciler = createReconciler(requests, completion, control, now, log, RECONCILE_EVERY_MS);
  const retention = createRetention({
    store: createRemovalStore(models),
    removeOutput: (name) => storage.remove(name),
    forgetDeliveries: (requestId) => outbox.forget(requestId),
    now,
    retentionMs: config.retentionMs,
    log,
  });
  const sweep = async (): Promise<void> => {
    if (imageDirectory !== null) await createLocalStorage(imageDirectory).sweepTemporary(TEMPORARY_FILES_AFTER_MS);
    await sweepUploads(uploadDirectory, processMark, Date.now());
  };
  const rounds = [
    createRounds('the sweeper', sweep, SWEEP_EVERY_MS, log),
    ...(worksOnImages ? [reconciler, reporter, createRounds('the retention', retention, RETENTION_EVERY_MS, log)] : []),
    createRounds('the sweeper of upload keys', uploadKeys.sweep, SWEEP_EVERY_MS, log),
  ];

  const begun = new AbortController();
  const giveUp = new AbortController();
  // One listener for each upload under way; any number of them is fine.
  setMaxListeners(0, giveUp.signal);
  const stopping = { begun: begun.signal, giveUp: giveUp.signal };
  const askDatabase = createDatabaseProbe(connection);
  const checkStorage = async (): Promise<void> => {
    await storage.check();
    const fault = storeGate.fault();
    if (fault !== null) throw new AppError('storage_unavailable', fault);
  };
  const checkRunning = async (): Promise<void> => {
    if (begun.signal.aborted) throw new AppError('shutting_down');
  };

  const app = createApp({
    access: config.access,
    upload: {
      ingest: createIngest(models, requests, { ...config.limits, sourceBuckets: config.sources.buckets }, now),
      keys: uploadKeys,
      receive: {
        directory: uploadDirectory,
        fileName: () => uploadFileName(processMark),
        maxUploadBytes: config.limits.maxUploadBytes,
        stallMs: UPLOAD_STALL_MS,
      },
      perMinute: config.access.uploadsPerMinute,
      defaultWebhookSecret: config.webhookSecret,
      isWebhookSecret: isValidSecret,
      servedAt: publicUrl,
      stopping,
      onStored: ({ total, invalid }) => {
        metrics.images.uploaded(total, invalid);
        dispatcher.wake();
      },
    },
    requests: {
      requests,
      images,
      list: createListing(models, now),
      outputUrl,
      webhookOf: (requestId) => outbox.latest(requestId),
    },
    events: { watch: createWatching({ read: createSummaries(models), log }) },
    controls: {
      requests,
      control,
      deliveries: {
        list: (requestId) => outbox.list(requestId),
        redeliver: async (requestId) => {
          const webhookId = await outbox.redeliver(requestId);
          courier.wake();
          return webhookId;
        },
      },
      perMinute: config.access.uploadsPerMinute,
    },
    archive: { requests, images, storage },
    page:
      files.page === undefined
        ? null
        : { directory: files.page, samplesBase, settings: () => pageSettings(config, samplesBase()) },
    storage,
    imageDirectory,
    readiness: [
      { name: 'database', check: askDatabase },
      { name: 'storage', check: checkStorage },
      { name: 'service', check: checkRunning },
    ],
    metrics,
    servesApi,
    askDatabase,
    stopping,
    isDatabaseOutage,
    log,
  });
  const server = createBoundedServer(app);
  port.actual = await listen(server, config.port, config.host);

  // The server has the port: only now may work begin whose output URLs carry it.
  if (worksOnImages) {
    dispatcher.start();
    courier.start();
  }
  for (const round of rounds) round.start();
  closers.push(async () => {
    const begunAt = performance.now();
    begun.abort();
    const workMs = config.shutdownMs * WORK_SHARE;
    // HTTP goes on meanwhile: who asks is answered, and only new uploads are sent away.
    await Promise.allSettled([
      new Promise((told) => setTimeout(told, Math.min(FAREWELL_MS, workMs))),
      worksOnImages && dispatcher.stop(Math.max(workMs - 1_000, workMs / 2)),
      worksOnImages && courier.stop(workMs),
      ...rounds.map((round) => round.stop(workMs)),
    ]);
    const left = config.shutdownMs * HTTP_SHARE - (performance.now() - begunAt);
    await stopListening(server, left, () => giveUp.abort(new AppError('shutting_down')));
  });
  return { url: `http://localhost:${port.actual}`, database: database.name };
};

const embedded = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<{ readonly uri: string; readonly name: string }> => {
  const database = await startEmbedded({
    dataDirectory: resolve(config.dataDirectory),
    guardianFile: files.guardian,
    log: (message, facts = {}) => log.info(facts, message),
  });
  closers.push(() => database.stop());
  return { uri: database.uri, name: `${database.engine} in ${database.directory}` };
};

/** For an instance that works on no images. */
const NO_POOL = {
  capacity: 0,
  most: 0,
  queued: () => 0,
  run: async (): Promise<never> => {
    throw new Error('this instance works on no images');
  },
};

const FULL = ['ENOSPC', 'EDQUOT'];

const isFull = (error: unknown): boolean =>
  error instanceof AppError && FULL.includes(String((error.cause as NodeJS.ErrnoException | undefined)?.code));
