import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { DatabaseLog } from './engine.ts';
import { databaseProcessesIn, processMark, signal } from './processes.ts';

const LOCK_FILE = 'embedded.json';
/** A lock without valid content is still being written, unless it is older than this. */
const WRITING_MS = 2_000;
/** The guardian of a killed service needs up to 5 s to stop the database. */
const GUARDIAN_MS = 8_000;
/** Time for the system to reap a killed process. */
const DYING_MS = 1_000;
const POLL_MS = 50;

/** Content of `embedded.json` in the data folder. */
interface LockContent {
  readonly owner: { readonly pid: number; readonly mark: string | null };
  readonly engine?: string;
  readonly port?: number;
  readonly databasePid?: number;
}

export interface FolderLock {
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

/**
 * Makes this process the only owner of the data folder, or throws `database_unavailable` naming the one that is.
 * The lock of a dead owner is taken over once its database has exited.
 */
export const lockFolder = async (directory: string, log: DatabaseLog): Promise<FolderLock> => {
  mkdirSync(directory, { recursive: true });
  // Symbolic links resolved, as on the database's command line.
  const storages = realpathSync(directory);
  const file = path.join(directory, LOCK_FILE);
  const content: LockContent = { owner: { pid: process.pid, mark: processMark(process.pid) } };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(content), { flag: 'wx' });
      break;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    const text = await readLock(file);
    if (text === null) continue;
    const owner = parse(text)?.owner;
    if (owner !== undefined && (await isAlive(owner))) throw inUse(directory, owner.pid);
    await endLeftovers(storages, log);
    removeStale(file, text);
  }

  let locked = true;
  return {
    describe(facts) {
      const draft = `${file}.${randomUUID()}`;
      writeFileSync(draft, JSON.stringify({ ...content, ...facts }, null, 2));
      renameSync(draft, file);
    },
    release() {
      if (locked) rmSync(file, { force: true });
      locked = false;
    },
  };
};
