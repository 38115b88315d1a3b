import type { Status } from './client.ts';

const WIDTH = 28;
const PLAIN_EVERY_MS = 5_000;

export interface Progress {
  /** Prints a message on its own line. */
  log(message: string): void;
  show(status: Pick<Status, 'progress' | 'bytes'>): void;
  end(): void;
}

/** A terminal, file or pipe. */
export interface Output {
  readonly isTTY?: boolean;
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

/**
 * A bar with counts, speed and time left: redrawn in place in a terminal, otherwise a plain line every 5 s.
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
    const full = Math.floor((percent / 100) * WIDTH);
    return [
      `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(percent).padStart(3)}%`,
      `${count(done)}/${count(total)}${failed === 0 ? '' : `, ${count(failed)} failed`}`,
      rate === 0 ? '' : `${rate.toFixed(1)}/s`,
      rate === 0 || done >= total ? '' : `${duration((total - done) / rate)} left`,
      bytes.in === 0 ? '' : `${megabytes(bytes.in - bytes.out)} saved`,
    ]
      .filter((part) => part !== '')
      .join('  ');
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
      } else if (now() - written >= PLAIN_EVERY_MS) {
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
