import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import dotenv from 'dotenv';
import { VERSION } from '../network/user-agent.ts';
import { checkPlaces } from './check-options.ts';
import { EXIT } from './exit.ts';
import { findFinished, keyOf } from './finished.ts';
import { HELP } from './help.ts';
import { type CompressOptions, readCommand, UsageError } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { finishedText, placesText } from './summary.ts';
import { workFolderOf } from './work-folder.ts';

const interrupted = new AbortController();
const { signal } = interrupted;
/** A second Ctrl-C exits immediately. */
const interrupt = (): void => {
  if (signal.aborted) process.exit(EXIT.interrupted);
  process.stderr.write('\nStopping… Run the same command again to resume.\n');
  interrupted.abort();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

/** Next to this program; what it loads later may lie elsewhere when it is bundled. */
const built = join(import.meta.dirname, '..');
const files = { worker: join(built, 'worker.js'), guardian: join(built, 'embedded', 'guardian.js') };

const json = () => import('./json.ts');

const progressOf = async ({ json: objects, quiet }: CompressOptions): Promise<Progress> => {
  const now = () => performance.now();
  if (objects && !quiet) return (await json()).createJsonProgress(now);
  return createProgress(objects || quiet ? { write: () => true } : process.stderr, now);
};

const compress = async (options: CompressOptions): Promise<number> => {
  const begun = performance.now();
  const progress = await progressOf(options);
  if (options.dryRun) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(options, progress, signal);
  }
  const key = await keyOf(options);
  // The file of a link may have changed.
  const known = options.server === null && options.input !== null && !options.fresh;
  const finished = known ? await findFinished(workFolderOf(options.images), key, options) : null;
  if (finished !== null && finished !== 'gone') {
    if (options.json) (await json()).printFinished(finished, options);
    else process.stdout.write(`${finishedText(finished)}\n${placesText(options)}\n`);
    return EXIT.done;
  }
  if (finished === 'gone') progress.log('Images of an earlier run are missing; starting over.');
  // Loaded late: a job that is finished says so at once.
  const { runJob } = await import('./run.ts');
  return runJob(options, key, { files, fresh: options.fresh || finished === 'gone', progress, begun, signal });
};

/** Runs with the file, which is saved first if it comes in on stdin. */
const withInput = async (options: CompressOptions): Promise<number> => {
  if (!options.stdin) return compress(options);
  const folder = await mkdtemp(join(tmpdir(), 'bulk-image-stdin-'));
  try {
    const input = join(folder, 'stdin.csv');
    await pipeline(process.stdin, createWriteStream(input), { signal });
    return await compress({ ...options, input });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const main = async (): Promise<number> => {
  let options: CompressOptions | null = null;
  try {
    const command = readCommand(process.argv.slice(2), process.env, process.cwd());
    if (command.kind === 'help') {
      process.stdout.write(HELP);
      return EXIT.done;
    }
    if (command.kind === 'version') {
      process.stdout.write(`${VERSION}\n`);
      return EXIT.done;
    }
    ({ options } = command);
    await checkPlaces(options);
    return await withInput(options);
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    const { message, code, errors } =
      error instanceof UsageError
        ? { message: `${error.message}. See --help.`, code: EXIT.invalidInput, errors: [] }
        : (await import('./explained.ts')).explained(error, options);
    if (options?.json) {
      const first = message.split('\n', 1)[0];
      (await json()).printObject('error', { message: first, exitCode: code, ...(errors.length > 0 && { errors }) });
    } else process.stderr.write(`${message}\n`);
    return code;
  }
};

dotenv.config({ quiet: true });
process.exit(await main());
