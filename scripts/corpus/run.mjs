import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { createProgress } from '../demo/progress.mjs';
import { startService } from '../demo/service.mjs';
import { succeeded, untilFinished, upload } from '../demo/steps.mjs';
import { root, SetupError } from '../prepare.mjs';
import { difference } from './colours.mjs';
import { listFiles } from './list.mjs';
import { serveFiles } from './serve.mjs';
import { sharpAlone } from './sharp-alone.mjs';
import { printTable, toJson } from './table.mjs';
import { FINDINGS, judge } from './verdict.mjs';

/** Pictures of one upload: one page of the status holds them all. */
const BATCH = 500;
/** Sharp alone is not asked about larger files: several are in memory at once, and the service accepts at most 50 MiB by default. */
const MOST_BYTES = 256 * 1024 ** 2;
const LONGEST_START_MS = 3 * 60_000;
const LONGEST_EACH_MS = 60_000;

/** Runs the folder through the service and always stops what it started. Returns the exit code. */
export const runCorpus = async ({ folder, format, quality, json }) => {
  const { files, links } = await listFiles(resolve(folder));
  const left = links > 0 ? ` Links are not followed: ${links}.` : '';
  if (files.length === 0) throw new SetupError(`The folder has no files.${left}`);
  if (left) console.log(left.trim());
  sharp.cache(false);
  sharp.concurrency(1);
  const stop = new AbortController();
  const disposers = [];
  const interrupt = () => stop.abort(new SetupError('Stopped.'));
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, interrupt);
  const longest = LONGEST_START_MS + files.length * LONGEST_EACH_MS;
  const late = setTimeout(
    () => stop.abort(new SetupError('The service did not finish in time.')),
    Math.min(longest, 2 ** 31 - 1),
  );
  try {
    const rows = await compareAll(files, { format, quality }, stop, disposers);
    printTable(rows);
    if (json !== undefined) await writeFile(json, toJson(rows, { format, quality }));
    return rows.some(({ verdict }) => FINDINGS.includes(verdict)) ? 1 : 0;
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(late);
    for (const close of disposers.reverse()) await close();
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, interrupt);
  }
};

const compareAll = async (files, options, stop, disposers) => {
  const { signal } = stop;
  const directory = await mkdtemp(join(tmpdir(), 'bulk-image-corpus-'));
  disposers.push(() => rm(directory, { recursive: true, force: true }));
  const pictures = await serveFiles(files);
  disposers.push(pictures.close);
  console.log(`${files.length} files; starting the service …`);
  const service = await startService({
    root,
    directory,
    signal,
    settings: { PROCESSED_DIR: join(directory, 'outputs') },
    say: (line) => console.log(`  · ${line}`),
    onLost: (error) => stop.abort(error),
    onStarted: (close) => disposers.push(close),
  });
  const rows = [];
  const limit = pLimit(availableParallelism());
  for (let from = 0; from < files.length; from += BATCH) {
    if (files.length > BATCH) console.log(`from file ${from + 1} of ${files.length}`);
    const numbers = files.slice(from, from + BATCH).map((_, index) => from + index);
    const images = await runThrough(service.url, pictures.origin, numbers, options, signal);
    const compared = images.map((image) => {
      const file = files[Number(new URL(image.inputUrl).pathname.slice(1))];
      return limit(() => compare(file, image, options, signal));
    });
    rows.push(...(await Promise.all(compared)));
  }
  return rows;
};

/** Uploads these files' URLs and returns the images of the status when all are done. */
const runThrough = async (service, origin, numbers, options, signal) => {
  const csv = `S. No.,Product Name,Input Image Urls\n${numbers.map((n) => `${n},,${origin}/${n}\n`).join('')}`;
  const id = await upload(service, csv, { fields: { format: options.format, quality: `${options.quality}` }, signal });
  const progress = createProgress(process.stdout);
  const status = await untilFinished(service, id, { onStatus: progress.show, signal });
  progress.end();
  return status.products.flatMap((product) => product.images);
};

/** What sharp alone says of a file; the file may have gone, or be unreadable for this user. */
const askSharp = async (file, options) => {
  if (file.bytes > MOST_BYTES) return { reads: false, error: `not asked: more than ${MOST_BYTES} bytes` };
  return readFile(file.path).then(
    (bytes) => sharpAlone(bytes, options),
    (error) => ({ reads: false, error: error.message }),
  );
};

const compare = async (file, image, options, signal) => {
  signal.throwIfAborted();
  // A kept source has no noise of an encoder, nor has PNG.
  const isKept = image.notes?.includes('kept_original');
  const alone = await askSharp(file, isKept ? { format: 'png', quality: 100 } : options);
  let apart;
  if (image.status === 'completed' && alone.reads) {
    const response = await succeeded(await fetch(image.outputUrl, { signal }), image.outputUrl);
    apart = await difference(Buffer.from(await response.arrayBuffer()), alone.output);
  }
  const { output, ...said } = alone;
  return { name: file.name, image, alone: said, apart, ...judge(image, alone, apart) };
};
