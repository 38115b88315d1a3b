import { dirname, join, relative, sep } from 'node:path';
import type { ServiceFiles } from '../service.ts';
import { checkFields } from './check-options.ts';
import { compress, type Outcome } from './compress.ts';
import { EXIT } from './exit.ts';
import { recordFinished } from './finished.ts';
import { printOutcome } from './json.ts';
import type { CompressOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { failedRowsText, placesText, shown, summary } from './summary.ts';
import { createClient } from './transfer/client.ts';
import { openWorkFolder } from './work-folder.ts';

export interface RunDeps {
  /** Discard the state of an earlier run. */
  readonly fresh: boolean;
  /** Of the service in this process. */
  readonly files: ServiceFiles;
  readonly progress: Progress;
  /** Monotonic milliseconds. */
  readonly begun: number;
  readonly signal: AbortSignal;
}

const startLocal = async (options: CompressOptions, work: string, { files, progress }: RunDeps) => {
  // With --server it is not needed, and start-up takes half the time.
  const { startLocalService } = await import('./local-service.ts');
  const folder = relative(dirname(options.out), options.images).split(sep).join('/');
  const named = options.names === null ? null : { folder: join(work, 'images'), names: new Map<string, string>() };
  const outputPath = (name: string): string => `${folder === '' ? '' : `${folder}/`}${named?.names.get(name) ?? name}`;
  const settings = { ...options, work, outputPath, images: named?.folder ?? options.images };
  const service = await startLocalService(process.env, files, settings, progress.log);
  return { ...service, named };
};

const exitCodeOf = ({ status, notStored }: Outcome): number => {
  if (notStored.length > 0) return EXIT.notDone;
  return status.progress.completed < status.progress.total ? EXIT.someFailed : EXIT.done;
};

const printText = (
  { status, reasons, failedRows, notStored }: Outcome,
  options: CompressOptions,
  seconds: number,
): void => {
  process.stdout.write(`${summary(status, reasons, seconds)}\n${placesText(options)}\n`);
  if (failedRows) process.stdout.write(`${failedRowsText(shown(options.errors))}\n`);
  if (notStored.length === 0) return;
  for (const { message } of notStored) process.stderr.write(`${message}\n`);
  process.stderr.write('Some files are missing, possibly more than those listed. Run the same command again.\n');
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
  const local = work === null ? null : await startLocal(options, work, deps);
  try {
    // The in-process service has no API keys.
    const apiKey = local === null ? options.apiKey : null;
    const client = createClient(local?.url ?? options.server ?? '', apiKey, signal);
    const outcome = await compress(options, key, {
      ...{ client, progress, signal, downloadImages: local === null },
      ...(local?.named && { named: local.named }),
    });
    const code = exitCodeOf(outcome);
    const seconds = (performance.now() - deps.begun) / 1000;
    if (options.json) await printOutcome(outcome, options, { seconds, exitCode: code });
    else printText(outcome, options, seconds);
    if (work !== null && code === EXIT.done) {
      const { progress: done, bytes } = outcome.status;
      await recordFinished(work, { key, images: done.total, bytes }, options);
    }
    return code;
  } finally {
    progress.end();
    await local?.close();
  }
};
