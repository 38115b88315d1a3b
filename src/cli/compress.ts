import { createHash, randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseHttpUrl } from '../network/url.ts';
import type { OutputFormat } from '../output-formats.ts';
import { OUTPUT_NAME } from '../storage/storage.ts';
import { checkCsv, checkImage, formatOf } from './checks.ts';
import type { Client, Status, StatusImage } from './client.ts';
import { FileError, fetchFile } from './fetch.ts';
import { digestOf, replacing, sweepTemporary } from './files.ts';
import { type CompressOptions, UsageError } from './options.ts';
import type { Progress } from './progress.ts';
import { type Reason, reasonsOf } from './summary.ts';
import { AnswerError } from './transport.ts';

const POLL_MS = 300;
/** Outputs that are fetched from a running service at the same time. */
const FETCHES_AT_ONCE = 8;
/** Outputs that cannot be stored before the rest is not tried any more. */
const MAX_FAILURES = 20;

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
  /** Outputs that are on the service and could not be stored here. */
  readonly notStored: readonly FileError[];
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

  const notStored = outputPrefix === null ? await fetchImages(client.images(requestId), options.images, deps) : [];
  const folder = relative(dirname(options.out), options.images).split(sep).join('/');
  const csv = basename(options.out);
  await sweepTemporary(dirname(options.out), (name) => name === csv);
  await fetchFile(
    {
      file: options.out,
      host: new URL(client.origin).host,
      open: () => client.output(requestId),
      size: null,
      change: outputPrefix === null ? undefined : replacing(outputPrefix, folder === '' ? '' : `${folder}/`),
      check: checkCsv,
    },
    signal,
  );
  return { status, reasons: await reasonsOf(client.images(requestId)), notStored };
};

/** Where an output goes: the name is the service's, but only one that outputs have may become a file here. */
const nameOfOutput = (outputUrl: string): { name: string; host: string; format: OutputFormat } => {
  const url = parseHttpUrl(outputUrl);
  const name = basename(url?.pathname ?? '');
  const format = formatOf(name);
  if (url !== null && format !== undefined && OUTPUT_NAME.test(name)) return { name, host: url.host, format };
  throw new AnswerError(`The service names "${outputUrl.slice(0, 200)}" as an output, which is none.`);
};

/**
 * Brings the outputs of a running service into the folder; those that are there already, whole, are not fetched again.
 * One that fails does not keep the others; where many fail, the rest is not tried.
 * @returns what could not be stored
 */
const fetchImages = async (
  images: AsyncIterable<StatusImage>,
  folder: string,
  { client, progress, signal }: CompressDeps,
): Promise<FileError[]> => {
  progress.say('Fetching the images …');
  await sweepTemporary(folder, (name) => OUTPUT_NAME.test(name));
  const failures: FileError[] = [];
  const fetchImage = async (outputUrl: string, bytes: number | null): Promise<void> => {
    const { name, host, format } = nameOfOutput(outputUrl);
    const file = join(folder, name);
    const check = (path: string): Promise<void> => checkImage(path, format, bytes);
    const isHere = await check(file).then(
      () => true,
      () => false,
    );
    if (!isHere) await fetchFile({ file, host, open: () => client.image(outputUrl), size: bytes, check }, signal);
  };

  const queue = images[Symbol.asyncIterator]();
  const fetchOn = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) {
      signal.throwIfAborted();
      if (failures.length >= MAX_FAILURES) return;
      const { outputUrl, bytesOut } = next.value;
      if (outputUrl === null) continue;
      await fetchImage(outputUrl, bytesOut).catch((error: unknown) => {
        if (!(error instanceof FileError)) throw error;
        failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchOn));
  return failures;
};
