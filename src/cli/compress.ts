import { createHash, randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseHttpUrl } from '../network/url.ts';
import type { OutputFormat } from '../output-formats.ts';
import { OUTPUT_NAME } from '../storage/storage.ts';
import { checkCsv, checkImage, checkWorkbook, formatOf } from './checks.ts';
import type { Client, Status, StatusProduct, Uploaded } from './client.ts';
import { removeFailedRows, saveFailedRows } from './failed-rows.ts';
import { FileError, fetchFile } from './fetch.ts';
import { digestOf, sweepTemporary } from './files.ts';
import { type CompressOptions, isWorkbookName, UsageError } from './options.ts';
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
  /** Whether the images must be downloaded from a running service; one in this process stores them in their folder itself. */
  readonly downloadImages: boolean;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** Whether there is a file of the rows with failed images. */
  readonly failedRows: boolean;
  /** Files of the service that could not be saved here. */
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

const newKey = (): string => `cli-${randomUUID()}`;

/** Deterministic for the same file or link and options, so that an interrupted run resumes its request. */
const keyOf = async ({ input, fields, fresh }: CompressOptions): Promise<string> => {
  if (fresh) return newKey();
  const digest = createHash('sha256').update(input === null ? '' : await digestOf(input));
  return `cli-${digest.update(JSON.stringify(Object.entries(fields).sort())).digest('hex')}`;
};

const isOver = ({ finishedAt }: Status): boolean => finishedAt !== null;

/** The upload of this run, which may be that of an earlier one. */
const upload = async (options: CompressOptions, client: Client): Promise<Uploaded> => {
  const { input, fields } = options;
  const uploaded = await client.upload(input, fields, await keyOf(options));
  if (input !== null || !uploaded.replayed || !isOver(await client.progress(uploaded.requestId))) return uploaded;
  // What the link leads to may have changed since that run.
  return client.upload(input, fields, newKey());
};

const saveOutput = async (
  { out, fields }: CompressOptions,
  { requestId, file }: Uploaded,
  { client, signal }: CompressDeps,
): Promise<void> => {
  const name = basename(out);
  await sweepTemporary(dirname(out), (other) => other === name);
  const workbook = isWorkbookName(out);
  await fetchFile(
    {
      file: out,
      host: new URL(client.origin).host,
      open: () => client.output(requestId, workbook ? 'xlsx' : 'csv'),
      size: null,
      check: (path) =>
        workbook
          ? checkWorkbook(path)
          : checkCsv(path, { columns: file?.columns.images ?? [], added: fields.output !== 'replace' }),
    },
    signal,
  );
};

/**
 * Uploads the file, waits until the job is finished, and saves the output, the images and the rows with failed images.
 * Resumes an interrupted run of the same job, and retries the failed images of a finished one.
 */
export const compress = async (options: CompressOptions, deps: CompressDeps): Promise<Outcome> => {
  const { client, progress, signal } = deps;
  const uploaded = await upload(options, client);
  const { requestId, replayed, file } = uploaded;
  if (file !== null) progress.log(foundText(file));
  let status = await client.progress(requestId);
  if (replayed) {
    const { failed, skipped = 0, cancelled, completed, total } = status.progress;
    const left = failed - skipped + cancelled;
    const again = isOver(status) && left > 0;
    if (again) await client.retry(requestId);
    progress.log(
      again
        ? `Retrying ${left} failed images of an earlier run.`
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

  const notStored = deps.downloadImages ? await fetchImages(client.products(requestId), options.images, deps) : [];
  await saveOutput(options, uploaded, deps);
  const failedRows = status.progress.failed > 0;
  await (failedRows
    ? saveFailedRows(options.errors, requestId, client, signal)
    : removeFailedRows(options.errors)
  ).catch((error: unknown) => {
    // The output is here, and its summary says more than this error alone.
    if (!(error instanceof FileError)) throw error;
    notStored.push(error);
  });
  return { status, reasons: await reasonsOf(client.products(requestId)), failedRows, notStored };
};

/** File name of an output. Only names of the service's own pattern are accepted, so a URL cannot escape the folder. */
const nameOfOutput = (outputUrl: string): { name: string; host: string; format: OutputFormat } => {
  const url = parseHttpUrl(outputUrl);
  const name = basename(url?.pathname ?? '');
  const format = formatOf(name);
  if (url !== null && format !== undefined && OUTPUT_NAME.test(name)) return { name, host: url.host, format };
  throw new AnswerError(`The service returned an invalid output URL: "${outputUrl.slice(0, 200)}".`);
};

/** The outputs that are stored, with their sizes if known. */
async function* outputsOf(products: AsyncIterable<StatusProduct>) {
  for await (const { images } of products) {
    for (const { outputUrl, bytesOut, outputs } of images) {
      if (outputs !== undefined) yield* outputs;
      else if (outputUrl !== null) yield { url: outputUrl, bytes: bytesOut };
    }
  }
}

/**
 * Downloads the outputs of a running service into the folder, except valid ones already there. A failure does not stop
 * the others, until there are MAX_FAILURES of them.
 * @returns the outputs that could not be saved
 */
const fetchImages = async (
  products: AsyncIterable<StatusProduct>,
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

  const queue = outputsOf(products);
  const fetchNext = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) {
      signal.throwIfAborted();
      if (failures.length >= MAX_FAILURES) return;
      const { url, bytes } = next.value;
      await fetchImage(url, bytes).catch((error: unknown) => {
        if (!(error instanceof FileError)) throw error;
        failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchNext));
  return failures;
};
