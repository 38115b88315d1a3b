import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Engine, type EngineContext, EngineUnavailable } from './engine.ts';
import { mongodArguments } from './mongod.ts';
import { run } from './programs.ts';

/** A download that has not grown for this long is aborted. */
const STALLED_MS = 20_000;
const LONGEST_MS = 15 * 60_000;
const REMEMBER_MS = 24 * 3_600_000;

interface Failure {
  readonly at: number;
  readonly reason: string;
}

const rememberedFailure = (file: string): Failure | null => {
  try {
    const failure: Failure = JSON.parse(readFileSync(file, 'utf8'));
    const age = Date.now() - failure.at;
    return age >= 0 && age < REMEMBER_MS ? failure : null;
  } catch {
    return null;
  }
};

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, entry) => {
    const size = statSync(path.join(folder, entry), { throwIfNoEntry: false })?.size ?? 0;
    return sum + size;
  }, 0);

const download = async (context: EngineContext, folder: string): Promise<string> => {
  const abort = new AbortController();
  let bytes = bytesIn(folder);
  let grewAt = performance.now();
  const watch = setInterval(() => {
    const now = bytesIn(folder);
    if (now !== bytes) grewAt = performance.now();
    bytes = now;
    if (performance.now() - grewAt > STALLED_MS) abort.abort();
  }, 1_000);
  try {
    const { ok, stdout, stderr } = await run(
      process.execPath,
      [path.join(context.scriptsDirectory, 'download-mongod.js')],
      {
        timeoutMs: LONGEST_MS,
        signal: abort.signal,
        env: {
          // Without it the downloader does not verify certificates.
          npm_config_strict_ssl: 'true',
          MONGOMS_MAX_RETRIES: '1',
          ...context.env,
          MONGOMS_RUNTIME_DOWNLOAD: 'true',
          MONGOMS_DOWNLOAD_DIR: folder,
          NODE_OPTIONS: '',
        },
      },
    );
    if (abort.signal.aborted) throw new EngineUnavailable(`no data received for ${STALLED_MS / 1000} s`);
    const program = stdout.trimEnd().split('\n').at(-1) ?? '';
    if (!ok || program === '') {
      throw new EngineUnavailable(`the download failed: ${stderr.trim().split('\n').slice(-2).join(' ')}`);
    }
    return program;
  } finally {
    clearInterval(watch);
  }
};

/** A real `mongod`, downloaded once into the user's cache by mongodb-memory-server-core. */
export const downloadedMongod: Engine = {
  name: 'mongod-download',
  async prepare(context) {
    const folder = path.join(context.cacheDirectory, 'mongod');
    const failureFile = path.join(context.cacheDirectory, 'mongod-download-failed.json');
    mkdirSync(folder, { recursive: true });
    const failure = rememberedFailure(failureFile);
    if (failure !== null && !context.retryFailed) {
      throw new EngineUnavailable(`${failure.reason} (not retried for a day, or until ${failureFile} is deleted)`, {
        remembered: true,
      });
    }
    context.log('Looking for a downloaded mongod, or downloading one', { directory: folder });
    try {
      const program = await download(context, folder);
      rmSync(failureFile, { force: true });
      return { program, args: mongodArguments };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const remembered: Failure = { at: Date.now(), reason };
      writeFileSync(failureFile, JSON.stringify(remembered));
      throw error;
    }
  },
};
