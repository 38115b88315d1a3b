import type { DatabaseLog } from './engine.ts';
import type { GuardedProcess } from './guarded-process.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** The pauses start over after the database has run for this long. */
const STABLE_MS = 60_000;

export interface SupervisorOptions {
  /** Restarts the database on the same folder and port; rejects if it does not become ready. */
  readonly restart: () => Promise<GuardedProcess>;
  readonly log: DatabaseLog;
  /** Called each time the database exits unexpectedly. */
  readonly onExit?: ((reason: string) => void) | undefined;
}

/**
 * Restarts the database whenever it exits, with growing pauses and no limit on attempts: a full disk, the usual cause,
 * may last for hours.
 * @returns a function that stops the database; idempotent
 */
export const supervise = (first: GuardedProcess, options: SupervisorOptions): (() => Promise<void>) => {
  const { restart, log, onExit } = options;
  const stopping = new AbortController();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });

  const startWithRetries = async (triesBefore: number): Promise<{ server: GuardedProcess | null; tries: number }> => {
    for (let tries = triesBefore + 1; ; tries += 1) {
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS));
      if (stopping.signal.aborted) return { server: null, tries };
      try {
        const server = await restart();
        log('The embedded database was restarted', { process: server.pid, tries }, 'debug');
        return { server, tries };
      } catch (error) {
        // Said once: a full disk may last for hours.
        const facts = { tries, reason: String(error) };
        if (tries === 1)
          log('WARNING: the embedded database could not be restarted; it is tried again until it can', facts);
        else log('the embedded database could not be restarted', facts, 'debug');
      }
    }
  };

  const watch = async (): Promise<void> => {
    let server: GuardedProcess | null = first;
    let tries = 0;
    while (server !== null) {
      const begun = performance.now();
      const current: GuardedProcess = server;
      const stopCurrent = (): void => void current.stop();
      stopping.signal.addEventListener('abort', stopCurrent);
      if (stopping.signal.aborted) stopCurrent();
      const reason = await current.ended;
      stopping.signal.removeEventListener('abort', stopCurrent);
      if (stopping.signal.aborted) return;
      log('the embedded database exited unexpectedly', { reason }, 'debug');
      onExit?.(reason);
      if (performance.now() - begun > STABLE_MS) tries = 0;
      ({ server, tries } = await startWithRetries(tries));
    }
  };

  const watching = watch();
  return () => {
    stopping.abort();
    return watching;
  };
};
