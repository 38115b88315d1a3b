import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { startService } from '../demo/service.mjs';
import { root, SetupError } from '../prepare.mjs';
import { findBrowser, startBrowser } from './browser.mjs';
import { startPhotos } from './photos.mjs';
import { scenes } from './scenes.mjs';

const QUALITY = 82;

/** Starts the service and an image server, takes the scenes, and stops everything. Returns the exit code. */
export const takeScreenshots = async (folder = join(root, 'docs', 'images')) => {
  const program = findBrowser();
  if (program === null) throw new SetupError('No Chromium on the PATH. On Debian: apt-get install chromium.');
  const directory = await mkdtemp(join(tmpdir(), 'screenshots-service-'));
  const stop = new AbortController();
  const disposers = [() => rm(directory, { recursive: true, force: true })];
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort(new Error('stopped')));
  try {
    const service = await startService({
      root,
      directory,
      settings: { PROCESSED_DIR: join(directory, 'processed_images') },
      signal: stop.signal,
      say: (line) => console.log(`  · ${line}`),
      onLost: (error) => stop.abort(error),
      onStarted: (close) => disposers.push(close),
    });
    const photos = await startPhotos(join(root, 'samples', 'photos'));
    disposers.push(photos.close);
    const browser = await startBrowser(program);
    disposers.push(browser.close);
    await mkdir(resolve(folder), { recursive: true });
    for (const scene of scenes) {
      stop.signal.throwIfAborted();
      await takeScene(scene, { browser, url: service.url, origin: photos.origin, folder: resolve(folder) });
    }
    return 0;
  } finally {
    for (const dispose of disposers.reverse()) await dispose();
  }
};

const takeScene = async (scene, { browser, url, origin, folder }) => {
  const context = await browser.open(scene);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url, { waitUntil: 'networkidle' });
    await scene.take({ page, origin });
    const file = join(folder, `page-${scene.name}.webp`);
    const { size } = await sharp(await page.screenshot())
      .webp({ quality: QUALITY })
      .toFile(file);
    console.log(`  ${file} ${Math.round(size / 1024)} KiB`);
    await scene.after?.({ page });
  } finally {
    await context.close();
  }
};
