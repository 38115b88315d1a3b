import { type Logger, pino } from 'pino';

/** Lines that are kept while their reader is slower than they come; more are dropped, so that memory stays bounded. */
const KEPT_BYTES = 16 * 1024 * 1024;
const FLUSH_MS = 500;

export interface LogOutput {
  readonly log: Logger;
  /** Writes what is left, as far as someone reads it. Called before the process exits; nothing is logged after it. */
  end(): Promise<void>;
}

/**
 * The log on standard output. A reader that goes away (`npm start | head -1`) or a full disk below it costs lines, never
 * the service: by default, such an error is thrown, and the flush at the exit repeats a failing write forever.
 */
export const openLog = (level: string): LogOutput => {
  const output = pino.destination({ fd: process.stdout.fd, sync: false, maxLength: KEPT_BYTES });
  output.on('error', () => {});
  // Written to directly by the welcome of a terminal, which may be closed too.
  process.stdout.on('error', () => {});
  return {
    log: pino({ level }, output),
    async end() {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, FLUSH_MS);
        output.once('error', () => resolve());
        output.flush(() => resolve());
      });
      output.flushSync = () => {};
    },
  };
};
