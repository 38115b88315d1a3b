import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createInstanceBeats } from '../database/instance-beats.ts';
import { createClaimer } from '../dispatch/claimer.ts';
import { createCoalescer } from '../dispatch/coalescing.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/dispatcher.ts';
import { createFleet, LONE_INSTANCE, LOOK_MS } from '../dispatch/fleet.ts';
import { createHostNames } from '../dispatch/host-names.ts';
import { processMark } from '../embedded/processes.ts';
import { sweepUploads } from '../http/uploads/upload-files.ts';
import { createImagePool } from '../images/pool/pool.ts';
import { stageDeadlines } from '../images/pool/stage-deadline.ts';
import { OVERCOMMIT } from '../images/pool/threads.ts';
import { unaskedOf } from '../images/pool/unasked.ts';
import { sampleName, withSamples } from '../images/source/samples.ts';
import type { ImagePool } from '../images/task.ts';
import { createLoadWindow } from '../metrics/limits.ts';
import { createLoadReport } from '../metrics/load.ts';
import { createGuardedAgents } from '../network/agents.ts';
import { createResolver } from '../network/resolver.ts';
import { parseUrl } from '../network/url.ts';
import { createCompletion } from '../requests/completion.ts';
import { createControl } from '../requests/control.ts';
import { createReconciler } from '../requests/reconciler.ts';
import { createRemovalStore } from '../requests/removal-store.ts';
import type { ActiveRequest } from '../requests/request-store.ts';
import { createRetention } from '../requests/retention.ts';
import type { RequestRecord } from '../requests/types.ts';
import { completionEvent } from '../results/completion-event.ts';
import { requestReportOf } from '../results/request-report.ts';
import { createRequestReportStore } from '../results/request-report-store.ts';
import { createRequestReportTask } from '../results/request-report-task.ts';
import { createLocalStorage } from '../storage/local.ts';
import { copyOutputs, outputNames } from '../storage/output-names.ts';
import { settlesWithin } from '../timing/deadline.ts';
import { createPeriodicTask, type PeriodicTask } from '../timing/periodic-task.ts';
import { createDeliver } from '../webhooks/deliver.ts';
import { createWebhookDispatcher } from '../webhooks/dispatcher.ts';
import type { WorkerData } from '../worker.ts';
import type { Addresses } from './addresses.ts';
import { createFailedImagesLog } from './failed-images-log.ts';
import type { Disposers, Infrastructure, ServiceFiles } from './infrastructure.ts';
import { createLoadReader } from './load-reader.ts';
import type { Outages } from './outages.ts';

const RECONCILE_EVERY_MS = 30_000;
const RETENTION_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 5 * 60_000;
/** Far longer than any write takes: a put whose temporary file is removed under it fails, and its image is retried. */
const TEMPORARY_FILES_AFTER_MS = 15 * 60_000;

/** For telling the others at the end; they find out by themselves too. */
const LEAVE_MS = 500;

/** Covers the name lookup, the connection and the TLS handshake of a webhook. */
const WEBHOOK_CONNECT_MS = 5_000;
/** Name lookups on the main thread: hosts of images and of webhook receivers. */
const LOOKUPS = { perDomain: 4, total: 1_024 };

export type BackgroundWork = Awaited<ReturnType<typeof createBackgroundWork>>;

/** Everything that runs in the background: images, webhooks, repairs and removals. Nothing runs before `start`. */
export const createBackgroundWork = async (
  infrastructure: Infrastructure,
  config: Config,
  files: ServiceFiles,
  addresses: Addresses,
  outages: Outages,
  disposers: Disposers,
) => {
  const { log } = outages;
  const { requests, images, models, outbox, storage, metrics, uploadKeys, now } = infrastructure;
  const worksOnImages = config.role !== 'api';

  const resolver = createResolver({ ...LOOKUPS, servers: config.nameServers });
  const agents = createGuardedAgents(config.network, {
    resolve: resolver.lookup,
    connectTimeoutMs: WEBHOOK_CONNECT_MS,
  });
  disposers.push(async () => {
    resolver.close();
    agents.destroy();
  });
  const webhooks = createWebhookDispatcher({
    outbox,
    deliver: createDeliver(agents, { secrets: config.webhookSecrets }),
    now,
    log,
    onAttempt: (outcome, { durationMs }) => metrics.webhooks.attempted(outcome, durationMs),
  });
  const pool = worksOnImages ? await startPool(infrastructure, config, files) : null;
  // By now, images in flight have finished or been handed back.
  disposers.push(async () => pool?.close(0));

  const requestReports = createRequestReportTask({
    store: createRequestReportStore(models, now),
    log,
    everyMs: RECONCILE_EVERY_MS,
  });
  const announce = async (request: RequestRecord): Promise<void> => {
    await outbox.enqueue(completionEvent(request, addresses.ofRequest(request)));
    webhooks.wake();
  };
  const completion = createCompletion(requests, images, announce, requestReportOf, (request) => {
    requestReports.enqueue(request);
    if (request.deleted === true) removals.soon();
  });
  const imagePool = pool === null ? NO_POOL : withSamples(pool, addresses.samples);
  const load = createLoadWindow(() => performance.now());
  const isAlone = config.mongodbUri === null;
  const fleet = isAlone
    ? LONE_INSTANCE
    : createFleet(createInstanceBeats(infrastructure.connection), randomUUID(), now);
  const failedImages = createFailedImagesLog(log);
  const dispatcher: Dispatcher = createDispatcher({
    images,
    claimer: createClaimer(images, now),
    requests,
    completion,
    pool: metrics.watchPool(imagePool),
    connections: () => fleet.share(config.limits.maxConnectionsPerOrigin),
    maxConsecutiveThrottles: config.limits.maxAttempts,
    names: createHostNames(
      resolver,
      (url) => sampleName(url, addresses.samples()) === null,
      () => performance.now(),
    ),
    coalescer: createCoalescer(
      (from, to) => copyOutputs(storage.copy, outputNames(from.id, from), outputNames(to.id, to)),
      () => performance.now(),
    ),
    checkStorage: () => storage.check(),
    maxQueueMs: config.limits.maxQueueSeconds * 1000,
    maxSettleMs: config.limits.maxSettleSeconds * 1000,
    leaseMs: config.leaseMs,
    maxAttempts: config.limits.maxAttempts,
    log,
    random: Math.random,
    onBegin: ({ waitedMs }) => {
      if (waitedMs !== undefined) metrics.images.begun(waitedMs);
    },
    onCancelled: (stopped) => metrics.images.cancelled(stopped),
    onOutcome: (request, image, outcome, applied) => {
      metrics.images.settled(outcome, applied);
      if (applied && outcome.kind !== 'again') load.finished();
      if (outcome.kind === 'completed') return;
      const { code, message: reason } = outcome.error;
      if (code === 'storage_failed') outages.images.failed(reason);
      const facts = { requestId: request._id, imageId: image._id, attempts: image.attempts, code, reason };
      const host = parseUrl(image.inputUrl)?.host ?? null;
      if (outcome.kind === 'failed') failedImages.failed({ ...facts, host });
      else log.debug({ ...facts, host }, 'image failed for now; it is tried again');
    },
  });
  outages.watchStorage(() => dispatcher.storageFailure());
  if (infrastructure.storageFull !== null) outages.images.failed(infrastructure.storageFull);
  const loadReport = createLoadReport({ window: load, read: createLoadReader(dispatcher, imagePool), log });
  if (worksOnImages) {
    metrics.watchScheduler(() => dispatcher.counts());
    metrics.watchLoad(load);
  }
  const removal = createRemovalStore(models);
  const control = createControl({
    ...{ requests, images, completion, removal },
    sourceBuckets: config.sources.buckets,
    wake: () => dispatcher.wake(),
    forgetDeliveries: (requestId) => outbox.forget(requestId),
    removeSoon: () => removals.soon(),
  });
  const retention = createRetention({
    store: removal,
    stop: (request) => requests.beginCancel(request),
    removeOutput: (name) => storage.remove(name),
    forgetDeliveries: (requestId) => outbox.forget(requestId),
    now,
    retentionMs: config.retentionMs,
    log,
  });
  const sweep = async (): Promise<void> => {
    const { imageDirectory, uploadDirectory } = infrastructure;
    if (imageDirectory !== null) await createLocalStorage(imageDirectory).sweepTemporary(TEMPORARY_FILES_AFTER_MS);
    await sweepUploads(uploadDirectory, processMark, Date.now());
  };
  const removals = createPeriodicTask('the retention', retention, RETENTION_EVERY_MS, log);
  const ofWorkers: PeriodicTask[] = [
    ...(isAlone ? [] : [createPeriodicTask('the heartbeat', fleet.look, LOOK_MS, log)]),
    createReconciler(requests, completion, control, now, log, RECONCILE_EVERY_MS),
    requestReports,
    removals,
  ];
  const tasks: PeriodicTask[] = [
    createPeriodicTask('the sweeper', sweep, SWEEP_EVERY_MS, log),
    ...(worksOnImages ? ofWorkers : []),
    createPeriodicTask('the sweeper of upload keys', uploadKeys.sweep, SWEEP_EVERY_MS, log),
  ];

  return {
    control,
    /** Outgoing connections to allowed addresses only. */
    agents,
    storageFailure: dispatcher.storageFailure,
    /** Starts on a newly stored request; an instance without workers leaves it to the others. */
    beginRequest: (request: ActiveRequest): void => {
      if (worksOnImages) dispatcher.add(request);
    },
    /** Processes an image of no request; null on an instance without workers. */
    runGuest: worksOnImages ? dispatcher.runGuest : null,
    wakeWebhooks: () => webhooks.wake(),
    start(): void {
      if (worksOnImages) {
        dispatcher.start();
        webhooks.start();
        loadReport.start();
      }
      for (const task of tasks) task.start();
    },
    /** Takes no new work, and finishes or hands back what is running within the time. */
    async stop(withinMs: number): Promise<void> {
      loadReport.stop();
      failedImages.stop();
      await Promise.allSettled([
        worksOnImages && dispatcher.stop(Math.max(withinMs - 1_000, withinMs / 2)),
        worksOnImages && webhooks.stop(withinMs),
        ...tasks.map((task) => task.stop(withinMs)),
      ]);
      if (worksOnImages)
        await settlesWithin(
          fleet.leave().catch(() => {}),
          LEAVE_MS,
        );
    },
  };
};

const startPool = ({ storageConfig }: Infrastructure, config: Config, files: ServiceFiles) => {
  const { limits, workerThreads, tasksPerThread } = config;
  const workerData: WorkerData = {
    limits,
    network: config.network,
    nameServers: config.nameServers,
    downloads: config.downloads,
    storage: storageConfig,
    sources: config.sources.buckets.length === 0 ? null : config.sources,
    ...(files.page !== undefined && { samples: join(files.page, 'samples', 'photos') }),
    threads: workerThreads,
    encodeConcurrency: config.encodesPerThread,
    unasked: unaskedOf(limits, workerThreads * tasksPerThread * OVERCOMMIT, workerThreads * config.encodesPerThread),
  };
  return createImagePool({
    workerFile: files.worker,
    threads: workerThreads,
    tasksPerThread,
    heapBytes: config.threadHeapBytes,
    maxPixelsInFlight: limits.maxPixelsInFlight,
    maxDecodeBytes: limits.maxDecodeBytesInFlight,
    downloads: { most: limits.maxDownloadBytesInFlight, largest: limits.maxImageBytes },
    deadlines: stageDeadlines(limits),
    workerData,
  });
};

/** For an instance that processes no images. */
const NO_POOL: Omit<ImagePool, 'close'> = {
  capacity: 0,
  most: 0,
  queued: () => 0,
  load: () => ({ awaitingMemory: 0, awaitingEncode: 0, encoding: 0, storing: 0, threadUtilization: 0 }),
  run: async (): Promise<never> => {
    throw new Error('this instance processes no images');
  },
};
