import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { saysDiskFull } from '../errno.ts';
import { parseHttpUrl } from '../network/url.ts';
import type { OutputFormat } from '../output-formats.ts';
import { OUTPUT_NAME } from '../storage/storage.ts';
import { newKey } from './finished.ts';
import { createOutputNames, type Output, placeFile } from './names.ts';
import { type CompressOptions, isWorkbookName } from './options.ts';
import type { Progress } from './progress.ts';
import { diskFullText, foundText, type Reason, reasonsOf, replayText, retriableOf, shown } from './summary.ts';
import { checkCsv, checkImage, checkWorkbook, formatOf } from './transfer/checks.ts';
import type { Client, Status, StatusProduct, Uploaded } from './transfer/client.ts';
import { removeFailedRows, saveFailedRows } from './transfer/failed-rows.ts';
import { FileError, fetchFile } from './transfer/fetch.ts';
import { sweepTemporary } from './transfer/files.ts';
import { AnswerError } from './transfer/transport.ts';

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
  /** Where a service in this process stores images that get names, and their names by those there, filled at the end. */
  readonly named?: { readonly folder: string; readonly names: Map<string, string> };
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** All of them, read from the service again. */
  readonly products: () => AsyncIterable<StatusProduct>;
  /** Whether there is a file of the rows with failed images. */
  readonly failedRows: boolean;
  /** Files of the service that could not be saved here. */
  readonly notStored: readonly FileError[];
}

/** Reasons of retries that are printed; a list of URLs may have a thousand hosts. */
const MAX_REASONS = 5;

/** Why images that are tried again later failed, of the first ones. */
const waitingErrors = ({ products }: Status) =>
  products.flatMap(({ images }) =>
    images.flatMap(({ status, error }) => (status === 'failed' || error === null ? [] : [error])),
  );

/**
 * Tells each reason of retries once.
 * @param folder of the images that this process stores itself; null if a service does
 */
const createWaitingReport = (progress: Progress, folder: string | null): ((status: Status) => void) => {
  const told = new Set<string>();
  return (status) => {
    for (const { code, message } of waitingErrors(status)) {
      // Only the person at this machine can do something about it.
      if (code === 'storage_failed' && folder !== null) {
        throw new FileError(
          saysDiskFull(message)
            ? diskFullText(shown(folder))
            : `${shown(folder)} cannot be written. Check its permissions, then run the same command again.`,
        );
      }
      if (!told.has(message) && told.size < MAX_REASONS)
        progress.log(`${message.replace(/ It will be retried\.$/, '')} Retrying…`);
      told.add(message);
    }
  };
};

const isOver = ({ finishedAt }: Status): boolean => finishedAt !== null;

/** The upload of this run, which may be that of an earlier one. */
const upload = async ({ input, fields }: CompressOptions, key: string, client: Client): Promise<Uploaded> => {
  const uploaded = await client.upload(input, fields, key);
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
export const compress = async (options: CompressOptions, key: string, deps: CompressDeps): Promise<Outcome> => {
  const { client, progress, signal } = deps;
  const uploaded = await upload(options, key, client);
  const { requestId, replayed, file } = uploaded;
  if (file !== null) progress.log(foundText(file));
  let status = await client.progress(requestId);
  if (replayed) {
    if (isOver(status) && retriableOf(status.progress) > 0) await client.retry(requestId);
    progress.log(replayText(status));
    status = await client.progress(requestId);
  }

  const reportWaiting = createWaitingReport(progress, deps.downloadImages ? null : options.images);
  for (; !isOver(status); status = await client.progress(requestId)) {
    progress.show(status);
    reportWaiting(status);
    await pause(POLL_MS, undefined, { signal });
  }
  progress.show(status);
  progress.end();

  if (deps.named !== undefined) await placeImages(client.products(requestId), options, deps.named);
  const notStored = deps.downloadImages ? await fetchImages(client.products(requestId), options, deps) : [];
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
  return {
    ...{ status, failedRows, notStored },
    reasons: await reasonsOf(client.products(requestId)),
    products: () => client.products(requestId),
  };
};

/** Host and format of an output. Only names of the service's own pattern are accepted, so a URL cannot escape the folder. */
const nameOfOutput = (outputUrl: string): { host: string; format: OutputFormat } => {
  const url = parseHttpUrl(outputUrl);
  const name = basename(url?.pathname ?? '');
  const format = formatOf(name);
  if (url !== null && format !== undefined && OUTPUT_NAME.test(name)) return { host: url.host, format };
  throw new AnswerError(`The service returned an invalid output URL: "${outputUrl.slice(0, 200)}".`);
};

/** The outputs that are stored, in upload order. */
async function* outputsOf(products: AsyncIterable<StatusProduct>, options: CompressOptions): AsyncGenerator<Output> {
  const outputs = createOutputNames(options);
  for await (const product of products) {
    for (const image of product.images) yield* outputs(product, image);
  }
}

const placeImages = async (
  products: AsyncIterable<StatusProduct>,
  options: CompressOptions,
  { folder, names }: NonNullable<CompressDeps['named']>,
): Promise<void> => {
  for await (const { url, name } of outputsOf(products, options)) {
    const stored = basename(url);
    await placeFile(join(folder, stored), options.images, name);
    names.set(stored, name);
  }
};

/**
 * Downloads the outputs of a running service into the folder, except valid ones already there. A failure does not stop
 * the others, until there are MAX_FAILURES of them.
 * @returns the outputs that could not be saved
 */
const fetchImages = async (
  products: AsyncIterable<StatusProduct>,
  options: CompressOptions,
  { client, progress, signal }: CompressDeps,
): Promise<FileError[]> => {
  progress.log('Downloading the images…');
  const folder = options.images;
  await sweepTemporary(folder, (name) => OUTPUT_NAME.test(name));
  const failures: FileError[] = [];
  const fetchImage = async ({ url: outputUrl, bytes, name }: Output): Promise<void> => {
    const { host, format } = nameOfOutput(outputUrl);
    const file = join(folder, name);
    const check = (path: string): Promise<void> => checkImage(path, format, bytes);
    // A name that was given may be that of an older image.
    const isHere =
      options.names === null &&
      (await check(file).then(
        () => true,
        () => false,
      ));
    if (!isHere) await fetchFile({ file, host, open: () => client.image(outputUrl), size: bytes, check }, signal);
  };

  const queue = outputsOf(products, options);
  const fetchNext = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) {
      signal.throwIfAborted();
      if (failures.length >= MAX_FAILURES) return;
      await fetchImage(next.value).catch((error: unknown) => {
        if (!(error instanceof FileError)) throw error;
        failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchNext));
  return failures;
};
