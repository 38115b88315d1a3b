import { createHash, randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Status, StatusImage } from './client.ts';
import { digestOf, hasSize, replacing, writeWhole } from './files.ts';
import { type CompressOptions, UsageError } from './options.ts';
import type { Progress } from './progress.ts';
import { type Reason, reasonsOf } from './summary.ts';

const POLL_MS = 300;
/** Outputs that are fetched from a running service at the same time. */
const FETCHES_AT_ONCE = 8;

export interface CompressDeps {
  readonly client: Client;
  readonly progress: Progress;
  /** What the output URLs of a service in this process begin with; null: a running service's URLs stay as they are. */
  readonly outputPrefix: string | null;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly status: Status;
  readonly reasons: readonly Reason[];
}

/** @throws UsageError when the file cannot be read */
export const requireReadable = async (file: string): Promise<void> => {
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'ENOENT' ? `There is no file ${file}` : `${file} cannot be read (${error.code})`,
    );
  });
};

/** The same for the same file and options, so that the service finds the request of an interrupted run again. */
const keyOf = async ({ input, fields, fresh }: CompressOptions): Promise<string> => {
  if (fresh) return `cli-${randomUUID()}`;
  const digest = createHash('sha256').update(await digestOf(input));
  return `cli-${digest.update(JSON.stringify(Object.entries(fields).sort())).digest('hex')}`;
};

const isOver = ({ finishedAt }: Status): boolean => finishedAt !== null;

/**
 * Does the whole job: uploads the CSV, follows the work to its end, and brings the output CSV and the images home.
 * When an earlier run of the same job was interrupted it goes on there; when it had ended, it tries again what failed.
 */
export const compress = async (options: CompressOptions, deps: CompressDeps): Promise<Outcome> => {
  const { client, progress, signal, outputPrefix } = deps;
  const { requestId, replayed } = await client.upload(options.input, options.fields, await keyOf(options));
  let status = await client.progress(requestId);
  if (replayed) {
    const { failed, cancelled, completed, total } = status.progress;
    const again = isOver(status) && failed + cancelled > 0;
    if (again) await client.retry(requestId);
    progress.say(
      again
        ? `An earlier run is done but for ${failed + cancelled} images, which are tried again.`
        : `Going on with an earlier run: ${completed} of ${total} images are there.`,
    );
    status = await client.progress(requestId);
  }

  for (; !isOver(status); status = await client.progress(requestId)) {
    progress.show(status);
    await pause(POLL_MS, undefined, { signal });
  }
  progress.show(status);
  progress.end();

  if (outputPrefix === null) await fetchImages(client.images(requestId), options.images, deps);
  const folder = relative(dirname(options.out), options.images).split(sep).join('/');
  const change = outputPrefix === null ? undefined : replacing(outputPrefix, folder === '' ? '' : `${folder}/`);
  await writeWhole(options.out, await client.output(requestId), change);
  return { status, reasons: await reasonsOf(client.images(requestId)) };
};

/** Brings the outputs of a running service into the folder; those that are there already are not fetched again. */
const fetchImages = async (
  images: AsyncIterable<StatusImage>,
  folder: string,
  { client, progress, signal }: CompressDeps,
): Promise<void> => {
  progress.say('Fetching the images …');
  const queue = images[Symbol.asyncIterator]();
  const fetchOn = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) {
      signal.throwIfAborted();
      const { outputUrl, bytesOut } = next.value;
      if (outputUrl === null) continue;
      const file = join(folder, basename(new URL(outputUrl).pathname));
      if (!(await hasSize(file, bytesOut))) await writeWhole(file, await client.image(outputUrl));
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchOn));
};
