import { dirname, join, relative, sep } from 'node:path';
import { checkFields } from './check-options.ts';
import { compress } from './compress.ts';
import { EXIT } from './exit.ts';
import { recordFinished } from './finished.ts';
import type { CompressOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { failedRowsText, placesText, shown, summary } from './summary.ts';
import { createClient } from './transfer/client.ts';
import { openWorkFolder } from './work-folder.ts';

export interface RunDeps {
  /** Discard the state of an earlier run. */
  readonly fresh: boolean;
  readonly progress: Progress;
  /** Monotonic milliseconds. */
  readonly begun: number;
  readonly signal: AbortSignal;
}

const here = import.meta.dirname;

const startLocal = async (options: CompressOptions, work: string, log: (message: string) => void) => {
  // With --server it is not needed, and start-up takes half the time.
  const { startLocalService } = await import('./local-service.ts');
  const files = { worker: join(here, '..', 'worker.js'), guardian: join(here, '..', 'embedded', 'guardian.js') };
  const folder = relative(dirname(options.out), options.images).split(sep).join('/');
  const settings = { ...options, work, outputPrefix: folder === '' ? '' : `${folder}/` };
  return startLocalService(process.env, files, settings, log);
};

/**
 * Runs a job to its end and prints what came of it.
 * @param key identifies the job
 * @returns the exit code
 */
export const runJob = async (options: CompressOptions, key: string, deps: RunDeps): Promise<number> => {
  const { progress, signal } = deps;
  await checkFields(options.fields);
  const work = options.server === null ? await openWorkFolder(options.images, deps.fresh) : null;
  const local = work === null ? null : await startLocal(options, work, progress.log);
  try {
    // The in-process service has no API keys.
    const apiKey = local === null ? options.apiKey : null;
    const client = createClient(local?.url ?? options.server ?? '', apiKey, signal);
    const { status, reasons, failedRows, notStored } = await compress(options, key, {
      client,
      progress,
      signal,
      downloadImages: local === null,
    });
    process.stdout.write(`${summary(status, reasons, (performance.now() - deps.begun) / 1000)}\n`);
    process.stdout.write(`${placesText(options)}\n`);
    if (failedRows) process.stdout.write(`${failedRowsText(shown(options.errors))}\n`);
    if (notStored.length > 0) {
      for (const { message } of notStored) process.stderr.write(`${message}\n`);
      process.stderr.write('Some files are missing, possibly more than those listed. Run the same command again.\n');
      return EXIT.notDone;
    }
    if (status.progress.completed < status.progress.total) return EXIT.someFailed;
    if (work !== null) await recordFinished(work, { key, images: status.progress.total, bytes: status.bytes }, options);
    return EXIT.done;
  } finally {
    progress.end();
    await local?.close();
  }
};
