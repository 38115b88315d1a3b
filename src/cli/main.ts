import { dirname, join, relative, sep } from 'node:path';
import axios from 'axios';
import dotenv from 'dotenv';
import { ConfigError } from '../config.ts';
import { VERSION } from '../network/user-agent.ts';
import { createClient, ServiceError } from './client.ts';
import { compress, requireReadable } from './compress.ts';
import { type CompressOptions, HELP, readCommand, UsageError } from './options.ts';
import { createProgress } from './progress.ts';
import { csvErrorText, failedRowsText, summary } from './summary.ts';

const EXIT = { done: 0, someFailed: 1, invalidInput: 2, notDone: 3, interrupted: 130 } as const;

const interrupted = new AbortController();
/** A second Ctrl-C exits immediately. */
const interrupt = (): void => {
  if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
  process.stderr.write('\nStopping… Run the same command again to resume.\n');
  interrupted.abort();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

const here = import.meta.dirname;

/** Imported lazily: with --server it is not needed, and start-up takes half the time. */
const localService = () => import('./local-service.ts');

const run = async (options: CompressOptions): Promise<number> => {
  const begun = performance.now();
  if (options.input !== null) await requireReadable(options.input);
  const output = options.quiet ? { write: () => true } : process.stderr;
  const progress = createProgress(output, () => performance.now());
  const { signal } = interrupted;
  const files = { worker: join(here, '..', 'worker.js'), guardian: join(here, '..', 'embedded', 'guardian.js') };
  const folder = relative(dirname(options.out), options.images).split(sep).join('/');
  const settings = { ...options, outputPrefix: folder === '' ? '' : `${folder}/` };
  const local =
    options.server === null
      ? await (await localService()).startLocalService(options.images, process.env, files, settings, progress.log)
      : null;
  try {
    // The in-process service has no API keys.
    const apiKey = options.server === null ? null : options.apiKey;
    const client = createClient(options.server ?? local?.url ?? '', apiKey, signal);
    const { status, reasons, failedRows, notStored } = await compress(options, {
      client,
      progress,
      signal,
      downloadImages: local === null,
    });
    process.stdout.write(`${summary(status, reasons, (performance.now() - begun) / 1000)}\n`);
    const shown = (file: string): string => relative(process.cwd(), file) || '.';
    process.stdout.write(`Output: ${shown(options.out)}, images: ${shown(options.images)}\n`);
    if (failedRows) process.stdout.write(`${failedRowsText(shown(options.errors))}\n`);
    if (notStored.length > 0) {
      for (const { message } of notStored) process.stderr.write(`${message}\n`);
      process.stderr.write('Some files are missing, possibly more than those listed. Run the same command again.\n');
      return EXIT.notDone;
    }
    return status.progress.completed === status.progress.total ? EXIT.done : EXIT.someFailed;
  } finally {
    progress.end();
    await local?.close();
  }
};

/** Prints the error, or the errors of the file, with a hint and without a stack trace. Returns the exit code. */
const reportError = async (error: unknown, options: CompressOptions | null): Promise<number> => {
  const print = (text: string): void => void process.stderr.write(`${text}\n`);
  if (interrupted.signal.aborted) return EXIT.interrupted;
  if (error instanceof UsageError) {
    print(`${error.message}. See --help.`);
    return EXIT.invalidInput;
  }
  if (error instanceof ConfigError) {
    print(error.message);
    return EXIT.invalidInput;
  }
  if (error instanceof ServiceError) {
    print(csvErrorText(error));
    return error.status === 422 || error.status === 400 ? EXIT.invalidInput : EXIT.notDone;
  }
  if (axios.isAxiosError(error) && options?.server) {
    print(
      `The service at ${options.server} cannot be reached (${error.code}). Check --server, or omit it to run locally.`,
    );
    return EXIT.notDone;
  }
  print(error instanceof Error ? error.message : String(error));
  if (options?.server === null) print(`See the log for details: ${(await localService()).logFileOf(options.images)}`);
  return EXIT.notDone;
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
    options = command.options;
    return await run(options);
  } catch (error) {
    return await reportError(error, options);
  }
};

dotenv.config({ quiet: true });
process.exit(await main());
