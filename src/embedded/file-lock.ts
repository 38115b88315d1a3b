import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Environment } from './engine.ts';
import { findProgram } from './programs.ts';

/** Not one of flock's own exit codes. */
const TAKEN = 75;
/** It does not wait for the lock, but a network file system may not answer. */
const ANSWER_MS = 5_000;

/**
 * A lock that the kernel keeps for an open file and ends with the last process that has it open, whoever that is and in
 * whichever container it runs.
 */
export interface FileLock {
  /** For child processes that must not outlive the lock. */
  readonly descriptor: number;
  release(): void;
}

/**
 * Locks the file, which is created if needed and must never be deleted. `taken` if another process has it; null where there
 * is no flock(1) of util-linux, as on macOS and Windows, or where the file system has no locks or
 * does not answer.
 */
export const lockFile = async (file: string, env: Environment): Promise<FileLock | 'taken' | null> => {
  const program = findProgram('flock', env);
  if (program === null) return null;
  const descriptor = openSync(file, 'a');
  // flock(1) locks what it has inherited and exits; the lock stays with the descriptor that is open here.
  const code = await new Promise<number | null>((resolve) => {
    spawn(program, ['-x', '-n', '-E', String(TAKEN), '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
      ...{ timeout: ANSWER_MS, killSignal: 'SIGKILL' },
    })
      .once('error', () => resolve(null))
      .once('close', resolve);
  });
  if (code === 0) return { descriptor, release: () => closeSync(descriptor) };
  closeSync(descriptor);
  return code === TAKEN ? 'taken' : null;
};
