import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from './engine.ts';

const APPLICATION = 'bulk-image-processor';

/** The first executable file of this name on PATH, or null. */
export const findProgram = (name: string, env: Environment): string | null => {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(path.delimiter).filter((entry) => entry !== '')) {
    for (const ending of endings) {
      const file = path.resolve(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not here
      }
    }
  }
  return null;
};

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  /** Its stderr, or why it could not be run. */
  readonly stderr: string;
}

/** Runs a program to completion, for at most `timeoutMs`; never rejects. */
export const run = (
  program: string,
  args: readonly string[],
  options: { env: Environment; timeoutMs: number; signal?: AbortSignal },
): Promise<Outcome> =>
  new Promise((resolve) => {
    const { signal } = options;
    execFile(
      program,
      args,
      {
        env: { ...options.env },
        timeout: options.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 16 * 1024 * 1024,
        windowsHide: true,
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout, stderr) =>
        resolve({ ok: error === null, stdout, stderr: stderr.trim() === '' ? (error?.message ?? '') : stderr }),
    );
  });

/**
 * Creates and returns the user's cache folder (XDG Base Directory Specification, or the platform's own);
 * `fallback` if it is not writable, as for a user without a home directory.
 */
export const userCache = (env: Environment, fallback: string): string => {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const platform = process.platform;
  const caches =
    env.XDG_CACHE_HOME ||
    (platform === 'win32' && env.LOCALAPPDATA) ||
    path.join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
  for (const folder of [path.resolve(caches, APPLICATION), fallback]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // try the next one
    }
  }
  return fallback;
};
