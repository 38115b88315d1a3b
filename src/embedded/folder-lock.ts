import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { DatabaseLog, Environment } from './engine.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { databaseProcessesIn, processMark, signal } from './processes.ts';

const OWNER_FILE = 'embedded.json';
const LOCK_FILE = 'embedded.lock';
/** A lock without valid content is still being written, unless it is older than this. */
const WRITING_MS = 2_000;
/** The guardian of a killed service needs up to 5 s to stop the database. */
const GUARDIAN_MS = 8_000;
/** Time for the system to reap a killed process. */
const DYING_MS = 1_000;
const POLL_MS = 50;

/** Content of `embedded.json` in the data folder. */
interface LockContent {
  readonly owner: { readonly pid: number; readonly mark: string | null; readonly host?: string };
  /** The owner holds the lock file, so it is gone once another process can lock that. */
  readonly locked?: boolean;
  readonly engine?: string;
  readonly port?: number;
  readonly databasePid?: number;
}

export interface FolderLock {
  /** Passed on to the database, which keeps the folder locked for as long as it lives; undefined without file locks. */
  readonly descriptor: number | undefined;
  /** Records what is running, for people who read the file. */
  describe(facts: { engine: string; port: number; databasePid: number }): void;
  /** Idempotent. */
  release(): void;
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const parse = (text: string): LockContent | null => {
  try {
    const content: LockContent = JSON.parse(text);
    return typeof content.owner?.pid === 'number' ? content : null;
  } catch {
    return null;
  }
};

/** The text of the lock file, once another process has finished writing it; null if there is none. */
const readLock = async (file: string): Promise<string | null> => {
  for (;;) {
    try {
      const text = readFileSync(file, 'utf8');
      if (parse(text) !== null || Date.now() - statSync(file).mtimeMs > WRITING_MS) return text;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
    await pause(POLL_MS);
  }
};

/** Whether the owner is alive. A process that was just killed gets a moment to disappear. */
const isAlive = async (owner: LockContent['owner']): Promise<boolean> => {
  const lives = (): boolean => owner.mark !== null && processMark(owner.pid) === owner.mark;
  const end = performance.now() + (owner.pid === process.pid ? 0 : DYING_MS);
  while (lives() && performance.now() < end) await pause(POLL_MS);
  return lives();
};

const inUse = (directory: string, pid: number): AppError =>
  new AppError(
    'database_unavailable',
    `${directory} is in use by process ${pid}; stop it, or set MONGODB_URI so both share one database.`,
  );

const inUseElsewhere = (directory: string, host: string | undefined): AppError =>
  new AppError(
    'database_unavailable',
    `${directory} is in use by another container${host === undefined ? '' : ` (host name ${host})`}; stop it, or set MONGODB_URI so both share one database.`,
  );

/** Waits for the databases of a dead service to exit, and kills those that do not. */
const endLeftovers = async (directory: string, log: DatabaseLog): Promise<void> => {
  const begun = performance.now();
  let left = databaseProcessesIn(directory);
  if (left.length > 0) log('Waiting for the database of a service that was killed', { processes: left });
  while (left.length > 0 && performance.now() - begun < GUARDIAN_MS) {
    await pause(POLL_MS);
    left = databaseProcessesIn(directory);
  }
  for (const pid of left) {
    log('WARNING: killing a leftover database process', { process: pid });
    signal(pid, 'SIGKILL');
  }
  while (left.some((pid) => processMark(pid) !== null)) await pause(POLL_MS);
};

/** Removes a stale lock; restores a lock that a third process wrote in the meantime. */
const removeStale = (file: string, seen: string): void => {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return; // another process removed it
    throw error;
  }
  const taken = readFileSync(aside, 'utf8');
  try {
    if (taken !== seen) writeFileSync(file, taken, { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  rmSync(aside);
};

const readOwner = (file: string): LockContent['owner'] | undefined => {
  try {
    return parse(readFileSync(file, 'utf8'))?.owner;
  } catch {
    return undefined;
  }
};

/**
 * Locks the folder for as long as this process and its database live; null where files cannot be locked.
 * A service that was killed keeps the lock until its database has exited.
 */
const holdFolder = async (directory: string, env: Environment, log: DatabaseLog): Promise<FileLock | null> => {
  const end = performance.now() + GUARDIAN_MS;
  for (;;) {
    const lock = await lockFile(path.join(directory, LOCK_FILE), env);
    if (lock !== 'taken') return lock;
    const owner = readOwner(path.join(directory, OWNER_FILE));
    if (owner !== undefined && (await isAlive(owner))) throw inUse(directory, owner.pid);
    // The owner is dead, or in another container, where it cannot be seen.
    await endLeftovers(realpathSync(directory), log);
    if (performance.now() > end) throw inUseElsewhere(directory, owner?.host);
    await pause(POLL_MS);
  }
};

/**
 * Makes this process the only owner of the data folder, or throws `database_unavailable` naming the one that is.
 * The lock of a dead owner is taken over once its database has exited. Process IDs say nothing about other containers, so the
 * kernel's lock decides where there is one.
 */
export const lockFolder = async (directory: string, env: Environment, log: DatabaseLog): Promise<FolderLock> => {
  mkdirSync(directory, { recursive: true });
  const lock = await holdFolder(directory, env, log);
  try {
    return await ownFolder(directory, lock, log);
  } catch (error) {
    lock?.release();
    throw error;
  }
};

const ownFolder = async (directory: string, lock: FileLock | null, log: DatabaseLog): Promise<FolderLock> => {
  // Symbolic links resolved, as on the database's command line.
  const storages = realpathSync(directory);
  const file = path.join(directory, OWNER_FILE);
  const content: LockContent = {
    owner: { pid: process.pid, mark: processMark(process.pid), host: hostname() },
    locked: lock !== null,
  };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(content), { flag: 'wx' });
      break;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    const text = await readLock(file);
    if (text === null) continue;
    const previous = parse(text);
    const isGone = lock !== null && previous?.locked === true;
    if (previous !== null && !isGone && (await isAlive(previous.owner))) throw inUse(directory, previous.owner.pid);
    await endLeftovers(storages, log);
    removeStale(file, text);
  }

  let owned = true;
  return {
    descriptor: lock?.descriptor,
    describe(facts) {
      const draft = `${file}.${randomUUID()}`;
      writeFileSync(draft, JSON.stringify({ ...content, ...facts }, null, 2));
      renameSync(draft, file);
    },
    release() {
      if (!owned) return;
      owned = false;
      rmSync(file, { force: true });
      lock?.release();
    },
  };
};
