import type { ServiceError, Status, StatusImage } from './client.ts';
import { count, duration, megabytes } from './progress.ts';

/** Images that failed with the same error code; `message` is that of the first. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}

/** Failure reasons, most frequent first. */
export const reasonsOf = async (images: AsyncIterable<StatusImage>): Promise<Reason[]> => {
  const reasons = new Map<string, Reason>();
  for await (const { status, error } of images) {
    if (status !== 'failed' && status !== 'cancelled') continue;
    const { code, message } = error ?? { code: status, message: 'The image was not processed.' };
    const known = reasons.get(code);
    reasons.set(code, known ? { ...known, count: known.count + 1 } : { code, message, count: 1 });
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
};

/** The result as text for the terminal. */
export const summary = (status: Status, reasons: readonly Reason[], seconds: number): string => {
  const { total, completed } = status.progress;
  const failed = total - completed;
  const lines = [
    `${count(total)} ${total === 1 ? 'image' : 'images'}: ${count(completed)} compressed${failed === 0 ? '' : `, ${count(failed)} failed`}. ` +
      `${megabytes(status.bytes.in)} → ${megabytes(status.bytes.out)}, ${status.bytes.savedPercent}% saved, in ${duration(seconds)}.`,
  ];
  if (reasons.length > 0) {
    const width = Math.max(...reasons.map(({ code }) => code.length));
    lines.push('Failed:');
    for (const { code, message, count: images } of reasons) {
      lines.push(`  ${count(images).padStart(7)}  ${code.padEnd(width)}  e.g. ${message}`);
    }
  }
  return lines.join('\n');
};

/** The errors of a rejected CSV, with their lines. */
export const csvErrorText = (error: ServiceError): string => {
  const shown = error.csvErrors.map(
    ({ line, column, message }) => `  line ${line}${column === null ? '' : `, ${column}`}: ${message}`,
  );
  const more = error.csvErrorCount - shown.length;
  return [error.message, ...shown, ...(more > 0 ? [`  and ${count(more)} more`] : [])].join('\n');
};
