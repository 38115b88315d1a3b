import type { DatabaseLog } from './engine.ts';
import type { GuardedProcess } from './guarded-process.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A database that lived this long starts with the first pause again. */
const STABLE_MS = 60_000;

export interface SupervisorOptions {
  /** Starts the database again on the same folder and port; rejects when it does not become ready. */
  readonly restart: () => Promise<GuardedProcess>;
  readonly log: DatabaseLog;
  /** Told each time the database ended by itself. */
  readonly onExit?: ((reason: string) => void) | undefined;
}

/**
 * Starts the database again when it ends by itself, with growing pauses and without end: a full disk, the usual reason,
 * may last for hours, and the service waits meanwhile.
 * @returns a function that ends the database for good; calling it again waits for the same end
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

  const startAgain = async (triesBefore: number): Promise<{ server: GuardedProcess | null; tries: number }> => {
    for (let tries = triesBefore + 1; ; tries += 1) {
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS));
      if (stopping.signal.aborted) return { server: null, tries };
      try {
        const server = await restart();
        log('The embedded database runs again', { process: server.pid, tries });
        return { server, tries };
      } catch (error) {
        log('WARNING: the embedded database did not start again', { tries, reason: String(error) });
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
      log('WARNING: the embedded database ended by itself', { reason });
      onExit?.(reason);
      if (performance.now() - begun > STABLE_MS) tries = 0;
      ({ server, tries } = await startAgain(tries));
    }
  };

  const watching = watch();
  return () => {
    stopping.abort();
    return watching;
  };
};
