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
import { foundText, type Reason, reasonsOf } from './summary.ts';
import { AnswerError } from './transport.ts';

const POLL_MS = 300;
/** Concurrent downloads of outputs from a running service. */
const FETCHES_AT_ONCE = 8;
/** Failed downloads after which the remaining outputs are skipped. */
const MAX_FAILURES = 20;

export interface CompressDeps {
  readonly client: Client;
  readonly progress: Progress;
  /** Prefix of the output URLs of a service in this process; null keeps the URLs of a running service. */
  readonly outputPrefix: string | null;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** Outputs of the service that could not be saved here. */
  readonly notStored: readonly FileError[];
}

/** @throws UsageError when the file cannot be read */
export const requireReadable = async (file: string): Promise<void> => {
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'ENOENT' ? `File not found: ${file}` : `${file} cannot be read (${error.code})`,
    );
  });
};

/** Deterministic for the same file and options, so that an interrupted run resumes its request. */
const keyOf = async ({ input, fields, fresh }: CompressOptions): Promise<string> => {
  if (fresh) return `cli-${randomUUID()}`;
  const digest = createHash('sha256').update(await digestOf(input));
  return `cli-${digest.update(JSON.stringify(Object.entries(fields).sort())).digest('hex')}`;
};

const isOver = ({ finishedAt }: Status): boolean => finishedAt !== null;

/**
 * Uploads the CSV, waits until the job is finished, and saves the output CSV and the images. Resumes an interrupted run
 * of the same job, and retries the failed images of a finished one.
 */
export const compress = async (options: CompressOptions, deps: CompressDeps): Promise<Outcome> => {
  const { client, progress, signal, outputPrefix } = deps;
  const { requestId, replayed, file } = await client.upload(options.input, options.fields, await keyOf(options));
  if (file !== null) progress.log(foundText(file));
  let status = await client.progress(requestId);
  if (replayed) {
    const { failed, cancelled, completed, total } = status.progress;
    const again = isOver(status) && failed + cancelled > 0;
    if (again) await client.retry(requestId);
    progress.log(
      again
        ? `Retrying ${failed + cancelled} failed images of an earlier run.`
        : `Resuming an earlier run: ${completed} of ${total} images are done.`,
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
      transform: outputPrefix === null ? undefined : replacing(outputPrefix, folder === '' ? '' : `${folder}/`),
      check: (path) =>
        checkCsv(path, { columns: file?.columns.images ?? [], added: options.fields.output !== 'replace' }),
    },
    signal,
  );
  return { status, reasons: await reasonsOf(client.images(requestId)), notStored };
};

/** File name of an output. Only names of the service's own pattern are accepted, so a URL cannot escape the folder. */
const nameOfOutput = (outputUrl: string): { name: string; host: string; format: OutputFormat } => {
  const url = parseHttpUrl(outputUrl);
  const name = basename(url?.pathname ?? '');
  const format = formatOf(name);
  if (url !== null && format !== undefined && OUTPUT_NAME.test(name)) return { name, host: url.host, format };
  throw new AnswerError(`The service returned an invalid output URL: "${outputUrl.slice(0, 200)}".`);
};

/**
 * Downloads the outputs of a running service into the folder, except valid ones already there. A failure does not stop
 * the others, until there are MAX_FAILURES of them.
 * @returns the outputs that could not be saved
 */
const fetchImages = async (
  images: AsyncIterable<StatusImage>,
  folder: string,
  { client, progress, signal }: CompressDeps,
): Promise<FileError[]> => {
  progress.log('Downloading the images…');
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
  const fetchNext = async (): Promise<void> => {
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
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchNext));
  return failures;
};
