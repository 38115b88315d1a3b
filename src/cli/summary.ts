import type { ServiceError, Status, StatusImage } from './client.ts';
import { count, duration, megabytes } from './progress.ts';

/** How many images failed for the same reason; `message` is that of the first. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}

/** The reasons of failed images, the most frequent first. */
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

/** What came out, for people. */
export const summary = (status: Status, reasons: readonly Reason[], seconds: number): string => {
  const { total, completed } = status.progress;
  const failed = total - completed;
  const lines = [
    `${count(total)} ${total === 1 ? 'image' : 'images'}: ${count(completed)} stored${failed === 0 ? '' : `, ${count(failed)} failed`}. ` +
      `${megabytes(status.bytes.in)} → ${megabytes(status.bytes.out)}, ${status.bytes.savedPercent} % saved, in ${duration(seconds)}.`,
  ];
  if (reasons.length > 0) {
    const width = Math.max(...reasons.map(({ code }) => code.length));
    lines.push('Failed:');
    for (const { code, message, count: images } of reasons) {
      lines.push(`  ${count(images).padStart(7)}  ${code.padEnd(width)}  for example: ${message}`);
    }
  }
  return lines.join('\n');
};

/** What is wrong with a CSV, each fault at its line. */
export const faultText = (error: ServiceError): string => {
  const shown = error.faults.map(
    ({ line, column, message }) => `  line ${line}${column === null ? '' : `, ${column}`}: ${message}`,
  );
  const more = error.faultCount - shown.length;
  return [error.message, ...shown, ...(more > 0 ? [`  and ${count(more)} more`] : [])].join('\n');
};
