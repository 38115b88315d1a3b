import type { Status } from './transfer/client.ts';

const BAR_WIDTH = 28;
/** A shorter bar says nothing. */
const LEAST_BAR_WIDTH = 6;
/** Of a terminal that does not say how wide it is. */
const COLUMNS = 80;
const PLAIN_EVERY_MS = 5_000;
/** After a minute of lines. */
const LATER_EVERY_MS = 30_000;
const LATER_MS = 60_000;
const GAP = '  ';

export interface Progress {
  /** Prints a message on its own line. */
  log(message: string): void;
  show(status: Pick<Status, 'progress' | 'bytes'>): void;
  end(): void;
}

/** A terminal, file or pipe. */
export interface Output {
  readonly isTTY?: boolean;
  /** Of a terminal; changes with its window. */
  readonly columns?: number;
  write(text: string): unknown;
}

export const megabytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

export const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

export const count = (number: number): string => number.toLocaleString('en-US');

/** As many of the parts as fit, in their order; the first one always. */
const fitting = (parts: readonly string[], width: number): string => {
  let line = '';
  for (const part of parts.filter((each) => each !== '')) {
    const longer = line === '' ? part : `${line}${GAP}${part}`;
    if (line === '' || longer.length <= width) line = longer;
  }
  return line;
};

const barOf = (percent: number, width: number): string => {
  const full = Math.floor((percent / 100) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};

/**
 * Counts, time left, speed and savings: with a bar, redrawn in place, as far as they fit in a terminal's width; otherwise a
 * plain line every 5 s, and every 30 s after a minute.
 * @param now monotonic milliseconds
 */
export const createProgress = (output: Output, now: () => number): Progress => {
  let begun: { readonly at: number; readonly done: number } | null = null;
  let written = Number.NEGATIVE_INFINITY;
  let drawn = '';

  const lineOf = ({ progress, bytes }: Pick<Status, 'progress' | 'bytes'>): string => {
    const { total, completed, failed, cancelled, percent } = progress;
    const done = completed + failed + cancelled;
    begun ??= { at: now(), done };
    const seconds = (now() - begun.at) / 1000;
    const rate = seconds < 1 ? 0 : (done - begun.done) / seconds;
    // The last column of a terminal wraps.
    const width = output.isTTY === true ? (output.columns || COLUMNS) - 1 : Number.POSITIVE_INFINITY;
    const line = fitting(
      [
        `${String(percent).padStart(3)}%${GAP}${count(done)}/${count(total)}`,
        failed === 0 ? '' : `${count(failed)} failed`,
        rate === 0 || done >= total ? '' : `${duration((total - done) / rate)} left`,
        rate === 0 ? '' : `${rate.toFixed(1)}/s`,
        bytes.in === 0 ? '' : `${megabytes(bytes.in - bytes.out)} saved`,
      ],
      width,
    );
    const bar = Math.min(BAR_WIDTH, width - line.length - 1);
    return output.isTTY !== true || bar < LEAST_BAR_WIDTH ? line.trimStart() : `${barOf(percent, bar)} ${line}`;
  };

  const clear = (): void => {
    if (drawn !== '' && output.isTTY === true) output.write('\r\x1b[K');
    drawn = '';
  };

  return {
    log(message) {
      clear();
      output.write(`${message}\n`);
    },
    show(status) {
      const line = lineOf(status);
      if (output.isTTY === true) {
        if (line === drawn) return;
        output.write(`\r\x1b[K${line}`);
        drawn = line;
      } else if (now() - written >= (now() - (begun?.at ?? 0) > LATER_MS ? LATER_EVERY_MS : PLAIN_EVERY_MS)) {
        written = now();
        output.write(`${line}\n`);
      }
    },
    end() {
      if (drawn !== '') output.write('\n');
      drawn = '';
    },
  };
};
