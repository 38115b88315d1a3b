import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Logger, pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import { type Service, startService } from '../../src/service.ts';
import { testConnection } from './database.ts';
import { waitFor } from './wait-for.ts';

export { waitFor };

export interface TestService {
  readonly url: string;
  /** Folder of its outputs. */
  readonly imageDirectory: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the complete service in this process on a free port, with its own database and folders; images and webhooks may
 * be on loopback. Worker threads run the built JavaScript.
 * @param environment additional variables
 */
export const startTestService = async (
  environment: Readonly<Record<string, string>> = {},
  log?: Logger,
): Promise<TestService> => {
  const directory = await mkdtemp(join(tmpdir(), 'service-'));
  const database = await testConnection();
  const full = {
    PORT: '0',
    HOST: '127.0.0.1',
    MONGODB_URI: database.uri,
    DATA_DIR: join(directory, 'data'),
    PROCESSED_DIR: join(directory, 'processed_images'),
    ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    WORKER_THREADS: '2',
    LOG_LEVEL: 'silent',
    ...environment,
  };
  const config = loadConfig(full);
  const files = {
    worker: resolve('dist/worker.js'),
    guardian: resolve('dist/embedded/guardian.js'),
    page: resolve('dist/web'),
  };
  const service: Service = await startService(config, files, log ?? pino({ level: config.logLevel }));
  return {
    url: service.url,
    imageDirectory: resolve(full.PROCESSED_DIR),
    directory,
    environment: full,
    async close() {
      await service.close();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Uploads a CSV as curl does. */
export const upload = (
  url: string,
  csv: string | Uint8Array,
  fields: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([csv], { type: 'text/csv' }), 'products.csv');
  return fetch(`${url}/api/upload`, { ...init, method: 'POST', body: form });
};

/** Uploads and returns the requestId. */
export const uploaded = async (
  url: string,
  csv: string | Uint8Array,
  fields?: Readonly<Record<string, string>>,
): Promise<string> => {
  const response = await upload(url, csv, fields);
  const body = await response.text();
  if (response.status !== 202) throw new Error(`upload got ${response.status}: ${body}`);
  return JSON.parse(body).requestId;
};

export interface Status {
  readonly options: Readonly<Record<string, unknown>>;
  status: string;
  stopping: boolean;
  progress: {
    total: number;
    completed: number;
    failed: number;
    skipped: number;
    cancelled: number;
    pending: number;
    percent: number;
  };
  run: { number: number; finishedBefore?: number };
  bytes: { in: number; out: number; savedPercent: number };
  webhook: { url: string; state: string; attempts: number; lastStatus: number | null } | null;
  report: {
    products: {
      row?: number;
      serialNumber: string;
      images: number;
      bytesIn: number;
      bytesOut: number;
      savedPercent: number;
    }[];
    productCount: number;
    sameBytes?: { count: number; bytes: number; exampleUrls: string[] }[];
    failures: { code: string; count: number; origins: { origin: string | null; count: number }[] }[];
  } | null;
  startedAt: string | null;
  finishedAt: string | null;
  next: string | null;
  products: {
    row: number;
    serialNumber: string;
    productName: string;
    images: {
      id: string;
      index: number;
      inputUrl: string;
      status: string;
      outputUrl: string | null;
      bytesIn: number | null;
      bytesOut: number | null;
      attempts: number;
      notes: string[];
      error: { code: string; message: string } | null;
      skipped?: true;
    }[];
  }[];
}

export const statusOf = async (url: string, requestId: string): Promise<Status> => {
  const response = await fetch(`${url}/api/status/${requestId}`);
  return (await response.json()) as Status;
};

/**
 * Waits until so many of a request's images are completed, and checks that so many are not: the states of the images are
 * counted, because the shown counters follow them by up to a second.
 */
export const inTheMiddle = async (url: string, requestId: string, completed: number, left: number): Promise<void> => {
  const ended = await waitFor(async () => {
    const { products } = await statusOf(url, requestId);
    const states = products.flatMap(({ images }) => images.map(({ status }) => status));
    const done = states.filter((state) => state === 'completed').length;
    return done >= completed && { done, unfinished: states.length - done };
  });
  if (ended.unfinished < left) throw new Error(`${ended.done} completed, only ${ended.unfinished} left`);
};

const FINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

export const finished = (url: string, requestId: string, withinMs?: number): Promise<Status> =>
  waitFor(async () => {
    const status = await statusOf(url, requestId);
    return FINAL.includes(status.status) ? status : null;
  }, withinMs);
