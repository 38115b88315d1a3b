import { relative } from 'node:path';
import type { FinishedJob } from './finished.ts';
import type { CompressOptions } from './options.ts';
import { count, duration, megabytes } from './progress.ts';
import type { FoundFile, ServiceError, Status, StatusProduct } from './transfer/client.ts';

const counted = (number: number, one: string, several: string): string =>
  `${count(number)} ${number === 1 ? one : several}`;

/** Images that failed with the same error code; `product` and `message` are those of the first. */
export interface Reason {
  readonly code: string;
  /** The serial number or row; empty if unknown. */
  readonly product: string;
  readonly message: string;
  readonly count: number;
}

const nameOf = ({ row, serialNumber = '' }: StatusProduct): string => {
  if (serialNumber !== '') return `product ${serialNumber}`;
  return row === undefined ? '' : `row ${row} below the header`;
};

/** Failure reasons, most frequent first. */
export const reasonsOf = async (products: AsyncIterable<StatusProduct>): Promise<Reason[]> => {
  const reasons = new Map<string, Reason>();
  for await (const product of products) {
    for (const { status, error } of product.images) {
      if (status !== 'failed' && status !== 'cancelled') continue;
      const { code, message } = error ?? { code: status, message: 'The image was not processed.' };
      const known = reasons.get(code) ?? { code, product: nameOf(product), message, count: 0 };
      reasons.set(code, { ...known, count: known.count + 1 });
    }
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
};

const reasonLines = (reasons: readonly Reason[]): string[] => {
  const width = Math.max(...reasons.map(({ code }) => code.length));
  return reasons.map(({ code, product, message, count: images }) => {
    const where = product === '' ? '' : `${product}: `;
    return `  ${count(images).padStart(7)}  ${code.padEnd(width)}  e.g. ${where}${message}`;
  });
};

/** The result as text for the terminal. */
export const summary = (status: Status, reasons: readonly Reason[], seconds: number): string => {
  const { total, completed } = status.progress;
  const failed = total - completed;
  const lines = [
    `${count(total)} ${total === 1 ? 'image' : 'images'}: ${count(completed)} compressed${failed === 0 ? '' : `, ${count(failed)} failed`}. ` +
      `${megabytes(status.bytes.in)} → ${megabytes(status.bytes.out)}, ${status.bytes.savedPercent}% saved, in ${duration(seconds)}.`,
  ];
  if (reasons.length > 0) lines.push('Failed:', ...reasonLines(reasons));
  for (const { count: images, exampleUrls } of status.report?.sameBytes ?? []) {
    const example = exampleUrls[0] === undefined ? '' : `, e.g. ${exampleUrls[0]}`;
    lines.push(`${count(images)} images are the same picture, perhaps a placeholder of the image server${example}`);
  }
  return lines.join('\n');
};

/** Images that a retry works on again: what was skipped as invalid stays so. */
export const retriableOf = ({ failed, skipped = 0, cancelled }: Status['progress']): number =>
  failed - skipped + cancelled;

/** What a run that finds an earlier one does. */
export const replayText = ({ finishedAt, progress }: Pick<Status, 'finishedAt' | 'progress'>): string => {
  const { completed, total } = progress;
  const left = retriableOf(progress);
  if (finishedAt === null) return `Resuming an earlier run: ${count(completed)} of ${count(total)} images are done.`;
  if (left === 0) return `This job is already finished: ${count(completed)} of ${count(total)} images are done.`;
  return `Retrying ${count(left)} failed ${left === 1 ? 'image' : 'images'} of an earlier run.`;
};

/** What a run of a job that is finished, with all its files, says. */
export const finishedText = ({ images, bytes }: Pick<FinishedJob, 'images' | 'bytes'>): string =>
  `Already finished: ${counted(images, 'image', 'images')}, ${megabytes(bytes.in)} → ${megabytes(bytes.out)}, ${bytes.savedPercent}% saved. ` +
  'The file and the options are the same; --fresh starts over.';

export const shown = (file: string): string => relative(process.cwd(), file) || '.';

export const placesText = ({ out, images }: Pick<CompressOptions, 'out' | 'images'>): string =>
  `Output: ${shown(out)}, images: ${shown(images)}`;

export const diskFullText = (name: string | null): string =>
  `${name === null ? 'The disk' : `The disk of ${name}`} is full. Free up space, then run the same command again.`;

/** What to do with the file of failed rows. */
export const failedRowsText = (file: string): string =>
  `Rows with failed images are in ${file}, each with what to do. Fix them there and run the command with that file, or run the same command again to retry them.`;

/** What was found in the file on one line, then the notes. */
export const foundText = ({ encoding, sheet, columns, rows, rowsWithoutImages, images, notes }: FoundFile): string => {
  const names = columns.images.map((name) => `"${name}"`).join(', ');
  const found = [
    `Found ${counted(images, 'image URL', 'image URLs')} in ${counted(rows, 'row', 'rows')}, ${columns.images.length === 1 ? 'column' : 'columns'} ${names}`,
    ...(sheet === null ? [] : [`sheet "${sheet}"`]),
    ...(rowsWithoutImages === 0 ? [] : [`${counted(rowsWithoutImages, 'row', 'rows')} without images`]),
    ...(encoding === null || encoding === 'utf-8' ? [] : [`encoding ${encoding}`]),
  ];
  const lines = notes.map(
    ({ count: times, line, message }) => `  ${message} (${count(times)}×, first on line ${line})`,
  );
  return [`${found.join('; ')}.`, ...lines].join('\n');
};

/** The errors of a rejected CSV, with their lines. */
export const csvErrorText = (error: ServiceError): string => {
  const shown = error.csvErrors.map(
    ({ line, column, message }) => `  line ${line}${column === null ? '' : `, ${column}`}: ${message}`,
  );
  const more = error.csvErrorCount - shown.length;
  const kinds = error.csvErrorKinds.map(({ code, count: times }) => `${count(times)} ${code}`).join(', ');
  return [
    error.message,
    ...shown,
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
    ...(error.csvErrorCount > 1 && kinds !== '' ? [`  By kind: ${kinds}`] : []),
  ].join('\n');
};

export interface DryRun {
  /** Different URLs. */
  readonly images: number;
  readonly hosts: number;
  readonly checked: number;
  /** Sum of the known sizes, and how many are known. */
  readonly bytes: number;
  readonly sizes: number;
  readonly failures: readonly { readonly code: string; readonly message: string; readonly product: string }[];
}

/** What a run would do. */
export const dryRunText = (
  { images, hosts, checked, bytes, sizes, failures }: DryRun,
  options: Pick<CompressOptions, 'out' | 'images'>,
): string => {
  const reasons = new Map<string, Reason>();
  for (const failure of failures) {
    const known = reasons.get(failure.code) ?? { ...failure, count: 0 };
    reasons.set(failure.code, { ...known, count: known.count + 1 });
  }
  const some = checked < images ? `; ${count(checked)} were looked at` : '';
  const size = sizes === 0 ? 'no size is known' : `${megabytes(bytes)} in the ${count(sizes)} whose size is known`;
  return [
    'Dry run: nothing was written.',
    `Would download ${counted(images, 'image', 'images')} from ${counted(hosts, 'host', 'hosts')}: ${size}${some}.`,
    ...(failures.length === 0 ? [] : ['Not available now:', ...reasonLines([...reasons.values()])]),
    `Would write ${shown(options.out)}, and the images to ${shown(options.images)}.`,
  ].join('\n');
};
