import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createClock } from './database/clock.ts';
import { connect, isDatabaseOutage } from './database/connect.ts';
import { startEmbedded } from './database/embedded.ts';
import { createImagePool, longestTaskMs } from './images/pool.ts';
import { createGuardedAgents } from './network/agents.ts';
import { createCompletion } from './requests/completion.ts';
import { createDispatcher } from './requests/dispatcher.ts';
import { completionEvent } from './requests/event.ts';
import { createImageStore } from './requests/image-store.ts';
import { createIngest } from './requests/ingest.ts';
import { createModels, ensureIndexes } from './requests/models.ts';
import { createReconciler } from './requests/reconciler.ts';
import { createRequestStore } from './requests/request-store.ts';
import { createLocalStorage } from './storage/local.ts';
import { createCourier } from './webhooks/courier.ts';
import { createDeliver } from './webhooks/deliver.ts';
import { createOutbox } from './webhooks/outbox.ts';
import { isValidSecret } from './webhooks/sign.ts';
import type { WorkerData } from './worker.ts';

export interface Service {
  /** Where the page and the API are, for people on this machine. */
  readonly url: string;
  /** Stops taking work, finishes or hands back what runs, then closes everything in the reverse order of its start. */
  close(): Promise<void>;
}

export interface ServiceFiles {
  /** Built JavaScript of the image worker and of the database's guardian; threads and processes run files, not modules. */
  readonly worker: string;
  readonly guardian: string;
}

const UPLOAD_MINUTES = 10;
const RECONCILE_EVERY_MS = 30_000;
const TEMPORARY_FILES_AFTER_MS = 60 * 60_000;

/** Starts every part in order; when one fails, those that already run are closed before the error is thrown. */
export const startService = async (config: Config, files: ServiceFiles, log: Logger): Promise<Service> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.error({ err: error }, 'a part did not close cleanly'));
    }
  };
  try {
    return { url: await startParts(config, files, log, closers), close };
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
): Promise<string> => {
  const imageDirectory = resolve(config.storage.directory);
  const uploadDirectory = resolve(join(config.dataDirectory, 'uploads'));
  await mkdir(uploadDirectory, { recursive: true });
  const storage = createLocalStorage(imageDirectory);
  await storage.check();
  await storage.sweepTemporary(TEMPORARY_FILES_AFTER_MS);

  const mongodbUri = config.mongodbUri ?? (await embeddedUri(config, files, log, closers));
  const connection = await connect(mongodbUri, (message, facts = {}) => log.info(facts, message));
  closers.push(() => connection.close());
  const clock = createClock(connection);
  await clock.start();
  closers.push(async () => clock.stop());
  const { now } = clock;

  const models = createModels(connection);
  await ensureIndexes(models);
  const requests = createRequestStore(models, now);
  const images = createImageStore(models, now);

  const outbox = createOutbox(connection, now);
  await outbox.ensureIndexes();
  const agents = createGuardedAgents(config.network);
  closers.push(async () => agents.destroy());
  const courier = createCourier({ outbox, deliver: createDeliver(agents), now, log });
  courier.start();
  closers.push(() => courier.stop());

  const workerData: WorkerData = {
    limits: config.limits,
    network: config.network,
    storage: { kind: 'local', directory: imageDirectory },
    threads: config.workerThreads,
    encodeConcurrency: Math.max(1, Math.round(cpus().length / config.workerThreads)),
  };
  const pool = await createImagePool({
    workerFile: files.worker,
    threads: config.workerThreads,
    tasksPerThread: config.tasksPerThread,
    deadlineMs: longestTaskMs(config.limits, config.tasksPerThread),
    workerData,
  });
  closers.push(() => pool.close());

  const port = { actual: config.port };
  const publicUrl = (): string => config.publicUrl ?? `http://localhost:${port.actual}`;
  const outputUrl = (name: string): string => `${publicUrl()}/processed_images/${name}`;

  const completion = createCompletion(requests, images, async (request) => {
    await outbox.enqueue(completionEvent(request, publicUrl()));
    courier.wake();
  });
  const dispatcher = createDispatcher({
    images,
    requests,
    completion,
    pool,
    leaseMs: config.leaseMs,
    maxAttempts: config.limits.maxAttempts,
    log,
    random: Math.random,
    onVerdict: (request, image, verdict) => {
      if (verdict.kind === 'completed') return;
      const { code } = verdict.error;
      log.info({ requestId: request._id, imageId: image._id, attempts: image.attempts, code }, `image ${verdict.kind}`);
    },
  });
  const reconciler = createReconciler(requests, completion, now, log, RECONCILE_EVERY_MS);

  const app = createApp({
    upload: {
      ingest: createIngest(models, requests, config.limits, now),
      directory: uploadDirectory,
      maxUploadBytes: config.limits.maxUploadBytes,
      defaultWebhookSecret: config.webhookSecret,
      isWebhookSecret: isValidSecret,
      onStored: () => dispatcher.wake(),
    },
    requests: { requests, images, outputUrl, webhookOf: (requestId) => outbox.latest(requestId) },
    imageDirectory,
    readiness: [
      { name: 'database', check: async () => void (await connection.db?.command({ ping: 1 }, { timeoutMS: 2_000 })) },
      { name: 'storage', check: () => storage.check() },
    ],
    isDatabaseOutage,
    log,
  });
  const server = createServer(app);
  server.requestTimeout = UPLOAD_MINUTES * 60_000;
  port.actual = await listen(server, config.port, config.host);
  closers.push(() => stopListening(server));

  // The server has the port: only now may work begin whose output URLs carry it.
  dispatcher.start();
  closers.push(() => dispatcher.stop(Math.max(config.shutdownMs - 2_000, 500)));
  reconciler.start();
  closers.push(() => reconciler.stop());
  return `http://localhost:${port.actual}`;
};

const embeddedUri = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<string> => {
  const database = await startEmbedded({
    dataDirectory: resolve(config.dataDirectory),
    guardianFile: files.guardian,
    log: (message, facts = {}) => log.info(facts, message),
  });
  closers.push(() => database.stop());
  return database.uri;
};

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolvePort, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolvePort((server.address() as AddressInfo).port);
    });
  });

/** Answers what has been asked, takes nothing new; keep-alive connections that idle are closed at once. */
const stopListening = (server: Server): Promise<void> =>
  new Promise((resolveClosed) => {
    server.close(() => resolveClosed());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
