import type { Logger } from 'pino';
import { type AppDeps, createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { isDatabaseOutage } from '../database/connect.ts';
import { createDatabaseProbe } from '../database/probe.ts';
import { createWriteProbe, writeMark } from '../database/write-probe.ts';
import { processMark } from '../embedded/processes.ts';
import { AppError } from '../errors.ts';
import { pageSettings } from '../http/page-settings.ts';
import { createReadGuards } from '../http/readers/reading.ts';
import type { Stopping } from '../http/stopping.ts';
import { OVERHEAD_BYTES } from '../http/uploads/reading/body.ts';
import { diskSpace, uploadFileName } from '../http/uploads/upload-files.ts';
import { createUploadPlaces } from '../http/uploads/upload-places.ts';
import { fetchFile } from '../network/fetch/fetch-file.ts';
import { createIngest } from '../requests/ingest.ts';
import { createListing, createSummaries } from '../results/listing.ts';
import { createProgressEvents } from '../results/progress-events.ts';
import { isValidSecret } from '../webhooks/sign.ts';
import type { Addresses } from './addresses.ts';
import type { BackgroundWork } from './background-work.ts';
import type { Infrastructure, ServiceFiles } from './infrastructure.ts';
import type { Outages } from './outages.ts';

/** An upload is aborted after this long without data. */
const UPLOAD_STALL_MS = 30_000;
/** Time for the file of `fileUrl`; the client waits for it. */
const FETCH_SECONDS = 120;

/** Wires the HTTP app; does not listen. */
export const createApi = (
  infrastructure: Infrastructure,
  work: BackgroundWork,
  config: Config,
  files: ServiceFiles,
  addresses: Addresses,
  stopping: Stopping,
  outages: Outages,
  log: Logger,
) => {
  const { connection, models, requests, images, outbox, storage, metrics, uploadKeys, now } = infrastructure;
  const { access, limits } = config;
  const askDatabase = createDatabaseProbe(connection);
  const writes = createWriteProbe(() => writeMark(connection));

  const tableLimits = { ...limits, sourceBuckets: config.sources.buckets };
  const upload: AppDeps['upload'] = {
    ingest: createIngest(models, requests, tableLimits, now),
    limits: tableLimits,
    keys: uploadKeys,
    receive: {
      directory: infrastructure.uploadDirectory,
      fileName: () => uploadFileName(processMark),
      maxUploadBytes: limits.maxUploadBytes,
      stallMs: UPLOAD_STALL_MS,
    },
    places: createUploadPlaces({
      most: limits.maxUploadsInFlight,
      bytes: limits.maxUploadBytesInFlight,
      // A compressed file and its content.
      maxBodyBytes: 2 * limits.maxUploadBytes + OVERHEAD_BYTES,
      reserveBytes: limits.minFreeDiskBytes,
      space: () => diskSpace(infrastructure.uploadDirectory),
      giveUp: stopping.giveUp,
      now: () => performance.now(),
    }),
    fetchFile: (url, { file, signal, received }) =>
      fetchFile(url, {
        ...{ agents: work.agents, file, signal, received, userAgent: config.downloads.userAgent },
        ...{ maxBytes: limits.maxUploadBytes, maxSeconds: FETCH_SECONDS, maxRedirects: limits.maxRedirects },
      }),
    trials: {
      run: work.runGuest,
      sourceBuckets: config.sources.buckets,
      unfinished: requests.unfinishedImages,
      maxUnfinished: limits.maxQueuedImages,
    },
    perMinute: access.uploadsPerMinute,
    defaultWebhookSecret: config.webhookSecrets[0] ?? null,
    isWebhookSecret: isValidSecret,
    servedAt: addresses.own,
    stopping,
    onStored: ({ request, total, invalid }) => {
      metrics.images.uploaded(total, invalid);
      work.beginRequest(request);
    },
  };
  const deliveries: AppDeps['controls']['deliveries'] = {
    list: (requestId) => outbox.list(requestId),
    redeliver: async (requestId) => {
      const webhookId = await outbox.redeliver(requestId);
      work.wakeWebhooks();
      return webhookId;
    },
  };
  const guards = createReadGuards({ ...access, maxReadsInFlight: limits.maxReadsInFlight });
  const checkDatabase = async (): Promise<void> => {
    await askDatabase();
    await writes.check();
  };
  const checkStorage = async (): Promise<void> => {
    await storage.check();
    const failure = work.storageFailure();
    if (failure !== null) throw new AppError('storage_unavailable', failure);
  };
  const checkRunning = async (): Promise<void> => {
    if (stopping.begun.aborted) throw new AppError('shutting_down');
  };

  return createApp({
    access,
    upload,
    requests: {
      requests,
      images,
      guards,
      list: createListing(models, now),
      outputUrl: addresses.output,
      webhookOf: (requestId) => outbox.latest(requestId),
    },
    events: { watch: createProgressEvents({ read: createSummaries(models), log: outages.log }) },
    controls: { requests, control: work.control, deliveries, guards, perMinute: access.uploadsPerMinute },
    archive: { requests, images, storage, guards },
    page:
      files.page === undefined
        ? null
        : {
            directory: files.page,
            samplesBase: addresses.samples,
            settings: () => pageSettings(config, addresses.samples()),
          },
    storage,
    imageDirectory: infrastructure.imageDirectory,
    readiness: [
      { name: 'database', check: outages.reporting(outages.database, checkDatabase) },
      { name: 'storage', check: outages.reporting(outages.images, checkStorage) },
      { name: 'service', check: checkRunning },
    ],
    metrics,
    servesApi: config.role !== 'worker',
    askDatabase,
    stopping,
    isDatabaseOutage: (error) => {
      const outage = isDatabaseOutage(error);
      if (outage) writes.doubt();
      return outage;
    },
    onUnavailable: outages.answered,
    log,
  });
};
