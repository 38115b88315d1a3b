import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type TestConnection, testConnection } from '../support/database.ts';
import { type Instance, killInstances, startInstance } from '../support/instance.ts';
import { makeImage } from '../support/servers/image-server.mjs';
import { type Status, statusOf, uploaded, waitFor } from '../support/service.ts';
import { ADDRESS_CASES } from './address-cases.ts';
import type { HostileCase } from './case.ts';
import { DOWNLOAD_CASES } from './download-cases.ts';
import { LIMIT_CASES, SIDE } from './limit-cases.ts';
import { OTHER_FORMAT_CASES } from './other-formats.ts';
import { PICTURE_CASES } from './picture-cases.ts';
import { type HostileWorld, startWorld, TRUSTED } from './world.ts';

const MIB = 1024 * 1024;
const THREADS = 3;
const TASKS = 4;
const MAX_IMAGE_BYTES = 8 * MIB;
/** As the service divides the cores among its threads. */
const DECODED_AT_ONCE = THREADS * Math.max(1, Math.round(cpus().length / THREADS));
/** docs/security.md explains these numbers. */
const BYTES_PER_PIXEL = { jpeg: 32, avif: 64 };
const PROCESS_BYTES = 300 * MIB;
const HELD_FOR_EACH_SLOT = 2;

const boundFor = (bytesPerPixel: number): number =>
  PROCESS_BYTES +
  HELD_FOR_EACH_SLOT * THREADS * TASKS * 2 * MAX_IMAGE_BYTES +
  DECODED_AT_ONCE * (6 * MAX_IMAGE_BYTES + SIDE * SIDE * bytesPerPixel);

const CASES = [...ADDRESS_CASES, ...DOWNLOAD_CASES, ...PICTURE_CASES, ...OTHER_FORMAT_CASES, ...LIMIT_CASES];

type Image = Status['products'][number]['images'][number];

let world: HostileWorld;
let database: TestConnection;
let directory: string;
let instance: Instance;

beforeAll(async () => {
  world = await startWorld(await makeImage('jpeg'));
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'hostile-'));
  await writeFile(join(directory, 'trusted.pem'), TRUSTED);
  const proxy = world.proxy.origin;
  instance = await startInstance(directory, {
    MONGODB_URI: database.uri,
    NODE_EXTRA_CA_CERTS: join(directory, 'trusted.pem'),
    ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32',
    ALLOWED_PORTS: world.openPorts,
    ...{ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, http_proxy: proxy, https_proxy: proxy },
    ...{ NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' },
    MAX_ATTEMPTS: '1',
    MAX_DOWNLOAD_SECONDS: '10',
    MAX_IMAGE_BYTES: String(MAX_IMAGE_BYTES),
    MAX_IMAGE_PIXELS: String(SIDE * SIDE),
    MAX_CONNECTIONS_PER_ORIGIN: '256',
    WORKER_THREADS: String(THREADS),
    TASKS_PER_THREAD: String(TASKS),
    LEASE_SECONDS: '30',
    LOG_LEVEL: 'debug',
    UV_THREADPOOL_SIZE: String(cpus().length + 4),
    MALLOC_ARENA_MAX: '2',
  });
});
afterAll(async () => {
  await killInstances();
  await world.close();
  await database.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** Uploads all URLs as one CSV, and returns their images in order once the request has finished. */
const processed = async (urls: readonly string[], format: string): Promise<Image[]> => {
  const lines = urls.map((url, at) => `${at},P${at},"${url}"`);
  const csv = `S. No.,Product Name,Input Image Urls\n${lines.join('\n')}\n`;
  const requestId = await uploaded(instance.url, csv, { format, onInvalidRow: 'skip' });
  const status = await waitFor(async () => {
    const { finishedAt } = await statusOf(instance.url, requestId);
    return finishedAt === null ? null : statusOf(instance.url, requestId);
  }, 240_000);
  return status.products.flatMap(({ images }) => images);
};

const codeOf = (image: Image | undefined): string => image?.error?.code ?? image?.status ?? 'missing';

/** The peak memory of the service; null without /proc. */
const peakBytes = (): number | null => {
  const file = `/proc/${instance.process.pid}/status`;
  if (!existsSync(file)) return null;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]) * 1024;
};

const megabytes = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const printTable = (rows: readonly (readonly [string, string, string])[]): void => {
  const width = Math.max(...rows.map(([name]) => name.length));
  print(`\nThe hostile corpus: ${rows.length} cases`);
  for (const [at, [name, expected, got]] of rows.entries()) {
    const mismatch = got === expected ? '' : `  EXPECTED ${expected}`;
    print(`${String(at + 1).padStart(4)}  ${name.padEnd(width)}  ${got}${mismatch}`);
  }
};

const withoutDuplicates = (cases: readonly HostileCase[]): number => new Set(cases.map(({ name }) => name)).size;

test('every case of the corpus gets its code, all valid images between them are stored, and nothing crashes', async () => {
  expect(withoutDuplicates(CASES)).toBe(CASES.length);
  const good = world.server.on('/good.jpg', (response) => void makeImage('jpeg').then((bytes) => response.end(bytes)));
  const urls: string[] = [];
  for (const [at, each] of CASES.entries()) urls.push(await each.url(world, `/case-${at}`), good);
  const images = await processed(urls, 'jpeg');

  const rows = CASES.map(({ name, code }, at) => [name, code, codeOf(images[at * 2])] as const);
  printTable(rows);
  const peak = peakBytes();
  print(
    `peak of resident memory: ${peak === null ? 'unknown here' : megabytes(peak)}, bound ${megabytes(boundFor(BYTES_PER_PIXEL.jpeg))}`,
  );

  expect(rows.map(([name, , got]) => `${name}: ${got}`)).toEqual(rows.map(([name, code]) => `${name}: ${code}`));
  expect(images.filter((_, at) => at % 2 === 1).map(codeOf)).toEqual(CASES.map(() => 'completed'));
  expect(peak ?? 0).toBeLessThan(boundFor(BYTES_PER_PIXEL.jpeg));

  for (const [at, { absent, code }] of CASES.entries()) {
    const image = images[at * 2];
    if (code !== 'completed' || image === undefined) continue;
    const bytes = await readFile(join(directory, 'processed_images', `${image.id}.jpg`));
    expect(await sharp(bytes).stats()).toMatchObject({ isOpaque: true });
    if (absent !== undefined) expect(bytes.includes(absent)).toBe(false);
  }

  expect(instance.process.exitCode).toBeNull();
  expect((await fetch(`${instance.url}/ready`)).status).toBe(200);
  expect(world.proxy.connections()).toBe(0);
  expect(instance.log()).not.toMatch(/"level":[56]0|internal_error|worker_crashed/);
}, 300_000);

test('the largest accepted images stay within the memory limit in the most expensive format', async () => {
  // The last case is the worst: once per thread, so that all threads decode it at the same time.
  const worst = Array.from({ length: DECODED_AT_ONCE }, () => LIMIT_CASES.at(-1) as HostileCase);
  const urls = await Promise.all(worst.map(({ url }, at) => url(world, `/limit-${at}`)));
  const images = await processed(urls, 'avif');
  const peak = peakBytes();
  print(
    `peak of resident memory with AVIF outputs: ${peak === null ? 'unknown here' : megabytes(peak)}, bound ${megabytes(boundFor(BYTES_PER_PIXEL.avif))}`,
  );
  expect(images.map(codeOf)).toEqual(urls.map(() => 'completed'));
  expect(peak ?? 0).toBeLessThan(boundFor(BYTES_PER_PIXEL.avif));
}, 300_000);
