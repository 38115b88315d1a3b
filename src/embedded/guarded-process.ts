import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Environment } from './engine.ts';
import { processMark, signal } from './processes.ts';

const LOG_LINES_SHOWN = 8;

/** A database server that is stopped when this process ends. */
export interface GuardedProcess {
  /** Process ID of the database, not of its guardian. */
  readonly pid: number;
  /** Resolves with the reason once the database has exited; never rejects. */
  readonly ended: Promise<string>;
  /** True until `ended` resolves. */
  readonly isRunning: () => boolean;
  /** Stops it with SIGTERM, after five seconds with SIGKILL; resolves once it has exited. */
  stop(): Promise<void>;
}

export interface GuardedCommand {
  readonly guardianFile: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Receives stdout and stderr; truncated first. */
  readonly logFile: string;
  readonly env: Environment;
  /** The database keeps it open: see {@link FolderLock}. */
  readonly lockDescriptor?: number | undefined;
}

/** The last lines of a log, for the error that reports why a database exited. */
export const lastLines = (logFile: string): string => {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
  } catch {
    return '';
  }
};

/** Starts the program under a guardian (see guardian.ts); rejects if it cannot be started. */
export const startGuarded = (command: GuardedCommand): Promise<GuardedProcess> => {
  const log = openSync(command.logFile, 'w');
  // Detached, in its own process group: Ctrl-C in the terminal must reach only the service.
  const guardian = spawn(process.execPath, [command.guardianFile, command.program, ...command.args], {
    detached: true,
    stdio: ['pipe', log, log, 'pipe', command.lockDescriptor ?? 'ignore'],
    // How much freed memory glibc keeps is chosen for the service, not for its database.
    env: { ...command.env, NODE_OPTIONS: '', MALLOC_MMAP_THRESHOLD_: undefined, MALLOC_TRIM_THRESHOLD_: undefined },
    windowsHide: true,
  });
  closeSync(log);
  guardian.stdin?.on('error', () => undefined); // the guardian exited first

  let running = true;
  let reason = 'its guardian exited';
  const reports = guardian.stdio[3];
  const lines = createInterface({ input: reports instanceof Readable ? reports : Readable.from([]) });

  return new Promise((resolve, reject) => {
    let databasePid: number | undefined;
    let databaseMark: string | null = null;
    let end: (reason: string) => void = () => undefined;
    const ended = new Promise<string>((resolveEnded) => {
      end = resolveEnded;
    });

    const stop = async (): Promise<void> => {
      guardian.stdin?.end();
      await ended;
    };
    lines.on('line', (line) => {
      const message: { pid?: number; exit?: string; error?: string } = JSON.parse(line);
      if (message.exit !== undefined) reason = `it exited with ${message.exit}`;
      if (message.error !== undefined) reason = `it could not be started: ${message.error}`;
      if (message.pid === undefined) return;
      databasePid = message.pid;
      databaseMark = processMark(message.pid);
      resolve({ pid: message.pid, ended, isRunning: () => running, stop });
    });
    guardian.once('error', (error) => {
      reason = `its guardian could not be started: ${error.message}`;
    });
    // 'close' comes after the last report has been read.
    guardian.once('close', () => {
      // The guardian was killed: the database must not outlive it.
      if (databasePid !== undefined && databaseMark !== null && processMark(databasePid) === databaseMark) {
        signal(databasePid, 'SIGKILL');
      }
      running = false;
      end(reason);
      reject(new Error(reason));
    });
  });
};
