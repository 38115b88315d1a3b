import { realpathSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { inContainer } from './container.ts';
import type { DatabaseLog, Engine, EngineContext, Environment, Launch } from './engine.ts';
import {
  DataAtRisk,
  ENGINES,
  type EngineAttempt,
  firstThatWorks,
  hasData,
  inOrderOfData,
  onFolder,
} from './engines.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type GuardedProcess, lastLines, startGuarded } from './guarded-process.ts';
import { userCache } from './programs.ts';
import { freePort, waitUntilReady } from './readiness.ts';
import { supervise } from './supervisor.ts';

const READY_MS = 60_000;
const PORT_TRIES = 3;
const CACHE_BYTES = 256 * 1024 * 1024;
const DATABASE = 'bulk_image_processor';
/** In a container nobody installs a package by hand. */
const hintFor = (env: Environment): string =>
  inContainer(env)
    ? 'Set MONGODB_URI to a MongoDB of your own, or use the image with the embedded database (build target "standalone").'
    : 'Set MONGODB_URI to a MongoDB of your own, or install one of them, for example Python with "sudo apt install python3-venv".';

export interface EmbeddedOptions {
  /** Contains `<engine>/`, `<engine>.log` and the lock files `embedded.lock` and `embedded.json`. */
  readonly dataDirectory: string;
  readonly log: DatabaseLog;
  /**
   * PATH to search for programs, HOME or XDG_CACHE_HOME for installs, and what child processes inherit.
   * Default: this process's environment.
   */
  readonly env?: Environment;
  /** The built guardian.js; the download script is in the same folder. */
  readonly guardianFile: string;
  readonly engines?: readonly Engine[];
  /** Size of the database's cache, 256 MiB by default. */
  readonly cacheBytes?: number;
  /** Called each time the database exits unexpectedly; it is restarted on the same port. */
  readonly onExit?: (reason: string) => void;
}

export interface EmbeddedDatabase {
  readonly uri: string;
  readonly engine: string;
  readonly directory: string;
  /** Process ID of the database's first start. */
  readonly pid: number;
  /** Stops the database and releases the folder. Idempotent. */
  stop(): Promise<void>;
}

// directConnection: SecantusDB reports itself as a replica set, whose members the driver would otherwise look up.
const uriOf = (port: number): string => `mongodb://127.0.0.1:${port}/${DATABASE}?directConnection=true`;

const environmentOf = (options: EmbeddedOptions): Environment => options.env ?? process.env;

const contextOf = (options: EmbeddedOptions): EngineContext => ({
  env: environmentOf(options),
  log: options.log,
  cacheDirectory: userCache(environmentOf(options), path.resolve(options.dataDirectory, 'cache')),
  scriptsDirectory: path.dirname(options.guardianFile),
  retryFailed: false,
});

interface Place {
  readonly storage: string;
  readonly logFile: string;
  readonly lockDescriptor: number | undefined;
}

/** Starts the engine on a port and waits until it responds; rejects with the last lines of its log. */
const startOn = async (
  launch: Launch,
  place: Place,
  port: number,
  options: EmbeddedOptions,
): Promise<GuardedProcess> => {
  const server = await startGuarded({
    guardianFile: options.guardianFile,
    program: launch.program,
    args: launch.args(place.storage, port, options.cacheBytes ?? CACHE_BYTES),
    logFile: place.logFile,
    lockDescriptor: place.lockDescriptor,
    env: environmentOf(options),
  });
  if (await waitUntilReady(uriOf(port), server, READY_MS)) return server;
  const exited = !server.isRunning();
  await server.stop();
  const reason = exited ? await server.ended : `it did not respond within ${READY_MS / 1000} s`;
  throw new Error(`${reason}. Last lines of ${place.logFile}:\n${lastLines(place.logFile)}`);
};

/** Another process may take the free port before the server binds it; then another port is tried. */
const startSomewhere = async (
  launch: Launch,
  place: Place,
  options: EmbeddedOptions,
): Promise<{ server: GuardedProcess; port: number }> => {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      return { server: await startOn(launch, place, port, options), port };
    } catch (error) {
      if (tries === PORT_TRIES || !/address already in use|EADDRINUSE/i.test(String(error))) throw error;
    }
  }
};

const refusal = (attempt: EngineAttempt<unknown>, options: EmbeddedOptions): AppError =>
  new AppError(
    'database_unavailable',
    `No embedded database could be started.\n${attempt.refusals
      .map(({ engine, reason }) => `  - ${engine.name}: ${reason}`)
      .join('\n')}\n${hintFor(environmentOf(options))}`,
  );

const start = async (options: EmbeddedOptions, directory: string, lock: FolderLock): Promise<EmbeddedDatabase> => {
  const { log, engines = ENGINES } = options;
  const placeOf = (engine: Engine): Place => ({
    storage: path.join(directory, engine.name),
    logFile: path.join(directory, `${engine.name}.log`),
    lockDescriptor: lock.descriptor,
  });
  const withData = engines.filter((engine) => hasData(placeOf(engine).storage));

  const attempt = await firstThatWorks(inOrderOfData(engines, directory), contextOf(options), (engine, launch) => {
    const { storage } = placeOf(engine);
    return onFolder(storage, async () => ({ launch, ...(await startSomewhere(launch, placeOf(engine), options)) }));
  }).catch((error: unknown) => {
    if (!(error instanceof DataAtRisk)) throw error;
    throw new AppError(
      'database_unavailable',
      `The embedded database does not start with the data in ${directory}: ${error.message}\nStop whatever else uses the folder, or fix the cause. To start with an empty database instead, set DATA_DIR to another folder.`,
    );
  });
  if (attempt.found === undefined) throw refusal(attempt, options);

  const { engine, result } = attempt.found;
  const { launch, server, port } = result;
  const place = placeOf(engine);
  for (const { engine: refused, reason } of attempt.refusals) {
    const line = `Not used as embedded database: ${refused.name}, ${reason.split('\n')[0]}`;
    log(line, { engine: refused.name, reason }, 'debug');
  }
  if (withData.length > 0 && !withData.includes(engine)) {
    const names = withData.map(({ name }) => name);
    log(`WARNING: the data in ${directory} belongs to another engine and is not visible to this one`, {
      engines: names,
    });
  }
  const facts = { engine: engine.name, directory: place.storage, port, process: server.pid };
  log(`Embedded database started: ${engine.name} in ${place.storage}`, facts, 'debug');
  const describe = ({ pid }: GuardedProcess): void => lock.describe({ engine: engine.name, port, databasePid: pid });
  describe(server);

  const restart = async (): Promise<GuardedProcess> => {
    const again = await startOn(launch, place, port, options);
    describe(again);
    return again;
  };
  const end = supervise(server, { restart, log, onExit: options.onExit });
  return {
    uri: uriOf(port),
    engine: engine.name,
    directory: place.storage,
    pid: server.pid,
    stop: () => end().finally(lock.release),
  };
};

/**
 * Starts a MongoDB-compatible server for this process: the first engine that works, see {@link ENGINES}.
 * It stops when this process does, even after SIGKILL. Throws `database_unavailable` if another service uses the
 * folder, if no engine works, or if the engine that owns the data does not start.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  const wanted = path.resolve(options.dataDirectory);
  const lock = await lockFolder(wanted, environmentOf(options), options.log);
  try {
    return await start(options, realpathSync(wanted), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
};

/** Installs the engine that {@link startEmbedded} would use, without starting it; returns its name. */
export const prepareEmbedded = async (options: EmbeddedOptions): Promise<string> => {
  const engines = inOrderOfData(options.engines ?? ENGINES, path.resolve(options.dataDirectory));
  const attempt = await firstThatWorks(engines, contextOf(options), async () => undefined);
  if (attempt.found === undefined) throw refusal(attempt, options);
  return attempt.found.engine.name;
};
