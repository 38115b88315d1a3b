import { dirname, join } from 'node:path';
import type { Outcome } from './compress.ts';
import { EXIT } from './exit.ts';
import type { FinishedJob } from './finished.ts';
import { createOutputNames } from './names.ts';
import type { CompressOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { shown } from './summary.ts';
import type { Status } from './transfer/client.ts';

const PROGRESS_EVERY_MS = 1_000;

/** Prints one object on a line of its own. */
export const printObject = (type: string, value: object): void => {
  process.stdout.write(`${JSON.stringify({ type, ...value })}\n`);
};

const countsOf = ({ progress, bytes }: Pick<Status, 'progress' | 'bytes'>) => {
  const { total, completed, failed, skipped = 0, cancelled, percent } = progress;
  return {
    ...{ total, completed, failed, skipped, cancelled, percent },
    ...{ bytesIn: bytes.in, bytesOut: bytes.out, savedPercent: bytes.savedPercent },
  };
};

/**
 * Messages and progress as objects, `progress` at most once a second.
 * @param now monotonic milliseconds
 */
export const createJsonProgress = (now: () => number): Progress => {
  let written = Number.NEGATIVE_INFINITY;
  return {
    log: (message) => printObject('message', { message }),
    show(status) {
      if (now() - written < PROGRESS_EVERY_MS) return;
      written = now();
      printObject('progress', countsOf(status));
    },
    end: () => {},
  };
};

/** Every image with its files, then the summary. */
export const printOutcome = async (
  { status, products, reasons, failedRows, notStored }: Outcome,
  options: CompressOptions,
  { seconds, exitCode }: { readonly seconds: number; readonly exitCode: number },
): Promise<void> => {
  const outputsOf = createOutputNames(options);
  for await (const product of products()) {
    for (const image of product.images) {
      const { row = null, serialNumber = '' } = product;
      const outputs = outputsOf(product, image).map(({ url, bytes, name }) => ({
        file: shown(options.server === null ? join(dirname(options.out), url) : join(options.images, name)),
        ...(options.server !== null && { url }),
        bytes,
      }));
      const { inputUrl, error } = image;
      printObject('image', { row, serialNumber, inputUrl, status: image.status, outputs, error });
    }
  }
  for (const { message } of notStored) printObject('error', { message });
  printObject('summary', {
    ...{ exitCode, seconds: Math.round(seconds * 10) / 10 },
    ...countsOf(status),
    ...{ output: shown(options.out), images: shown(options.images) },
    failedRows: failedRows ? shown(options.errors) : null,
    reasons,
  });
};

/** The summary of a job that an earlier run has finished. */
export const printFinished = ({ images, bytes }: FinishedJob, options: CompressOptions): void => {
  printObject('summary', {
    ...{ exitCode: EXIT.done, alreadyFinished: true },
    ...countsOf({
      progress: { total: images, completed: images, failed: 0, cancelled: 0, percent: 100 },
      bytes,
    }),
    ...{ output: shown(options.out), images: shown(options.images), failedRows: null, reasons: [] },
  });
};
