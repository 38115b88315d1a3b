import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { csvOf } from '../../support/csv.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import {
  finished,
  startTestService,
  statusOf,
  type TestService,
  upload,
  uploaded,
  waitFor,
} from '../../support/service.ts';

const IMAGES = 20;
let pictures: ImageServer;
let service: TestService | null = null;

beforeEach(async () => {
  pictures = await startPictures(20);
});
afterEach(async () => {
  await service?.close();
  service = null;
  await pictures.close();
});

const readiness = async (url: string) => {
  const response = await fetch(`${url}/ready`);
  return { status: response.status, body: (await response.json()) as { checks: Record<string, { reason?: string }> } };
};
const imagesOf = async (url: string, requestId: string) =>
  (await statusOf(url, requestId)).products.flatMap((product) => product.images);

/** While the storage fails, images wait with the reason, the service is not ready, and nothing counts as done. */
const waits = async (url: string, requestId: string, reason: RegExp): Promise<void> => {
  const waiting = await waitFor(async () => {
    const found = (await imagesOf(url, requestId)).filter((image) => image.error?.code === 'storage_failed');
    return found.length >= 2 && found;
  });
  for (const image of waiting) {
    expect(image).toMatchObject({ status: 'pending', outputUrl: null });
    expect(image.error?.message).toMatch(reason);
  }
  const { status, body } = await readiness(url);
  expect(status).toBe(503);
  expect(body.checks.storage?.reason).toMatch(reason);
};

test('an unwritable folder: images wait with the reason and resume on their own', async () => {
  service = await startTestService();
  const { url, imageDirectory, directory } = service;
  // Root can write anywhere, so the folder is replaced by a file.
  await rename(imageDirectory, join(directory, 'away'));
  await writeFile(imageDirectory, '');
  const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES));
  await waits(url, requestId, /not a folder/);
  expect((await statusOf(url, requestId)).progress).toMatchObject({ completed: 0, failed: 0, pending: IMAGES });

  await rm(imageDirectory);
  await rename(join(directory, 'away'), imageDirectory);
  const status = await finished(url, requestId, 40_000);
  expect(status).toMatchObject({ status: 'completed', progress: { completed: IMAGES } });
  expect(status.products.flatMap((product) => product.images.map((image) => image.attempts))).toEqual(
    Array.from({ length: IMAGES }, () => 1),
  );
  expect(await readdir(imageDirectory)).toHaveLength(IMAGES);
  expect((await readiness(url)).status).toBe(200);
});

describe('a full disk', () => {
  let mounted: string | null = null;

  beforeAll(async () => {
    const place = await mkdtemp(join(tmpdir(), 'small-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' });
      mounted = place;
    } catch {
      // Mounting requires root, and is not possible in every container.
      await rm(place, { recursive: true });
    }
  });
  afterAll(async () => {
    if (mounted === null) return;
    execFileSync('umount', [mounted]);
    await rm(mounted, { recursive: true });
  });

  /** A new folder on the small disk, or null where there is none. */
  const folder = async (name: string): Promise<string | null> => {
    if (mounted === null) {
      process.stderr.write('not run: this system does not let the test mount a small disk\n');
      return null;
    }
    const created = join(mounted, name);
    await mkdir(created);
    return created;
  };
  const logged = () => {
    const lines: { level: number; msg: string }[] = [];
    return { lines, log: pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) }) };
  };

  test('uploads are refused until there is space, which is one warning and one line', async () => {
    const data = await folder('data');
    if (mounted === null || data === null) return;
    execFileSync('mount', ['-o', 'remount,size=4m', mounted]);
    const filler = join(mounted, 'filler');
    await writeFile(filler, Buffer.alloc(3_900 * 1024));
    const { lines, log } = logged();
    service = await startTestService({ DATA_DIR: data }, log);
    const { url } = service;
    const csv = csvOf(pictures.origin, IMAGES);
    for (const _ of Array(3)) {
      const response = await upload(url, csv);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ type: expect.stringMatching(/:disk_full$/) });
    }
    await rm(filler);
    const said = () => lines.filter(({ level, msg }) => level > 30 || msg.includes('DATA_DIR'));
    await waitFor(async () => said().length > 1);
    expect(said().map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      expect.stringMatching(/^40 The disk of DATA_DIR is full; uploads are refused: /),
      '30 The disk of DATA_DIR has space again; uploads are taken',
    ]);
    expect((await finished(url, await uploaded(url, csv))).progress).toMatchObject({ completed: IMAGES });
  }, 60_000);

  test('images wait for space, leave no temporary files and resume once there is some', async () => {
    const outputs = await folder('outputs');
    if (mounted === null || outputs === null) return;
    execFileSync('mount', ['-o', 'remount,size=64k', mounted]);
    const filler = join(mounted, 'filler');
    await writeFile(filler, Buffer.alloc(56 * 1024));
    const { lines, log } = logged();
    service = await startTestService({ PROCESSED_DIR: outputs }, log);
    const { url } = service;
    const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES));
    await waits(url, requestId, /disk is full/);
    const stored = (await readdir(outputs)).sort();
    const completed = (await imagesOf(url, requestId)).filter((image) => image.status === 'completed');
    expect(stored.filter((name) => !name.startsWith('.'))).toEqual(
      expect.arrayContaining(completed.map(({ id }) => `${id}.jpg`)),
    );

    execFileSync('mount', ['-o', 'remount,size=4m', mounted]);
    const status = await finished(url, requestId, 60_000);
    expect(status).toMatchObject({ status: 'completed', progress: { completed: IMAGES, failed: 0 } });
    expect(await readdir(outputs)).toHaveLength(IMAGES);
    const said = () => lines.filter(({ level, msg }) => level > 30 || msg.includes('storage'));
    await waitFor(async () => said().length > 1);
    expect(said().map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      expect.stringMatching(/^40 The image storage cannot be used; images wait for it: .*disk is full/),
      '30 The image storage is back; images continue',
    ]);
  }, 120_000);
});
