import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Environment } from './engine.ts';
import { processMark, signal } from './processes.ts';

const LOG_LINES_SHOWN = 8;

/** A database server that dies with this process. */
export interface GuardedProcess {
  /** Of the database itself, not of its guardian. */
  readonly pid: number;
  /** Resolves with the reason once the database has ended; never rejects. */
  readonly ended: Promise<string>;
  /** True until `ended` resolves. */
  readonly isRunning: () => boolean;
  /** Ends it gracefully, by force after five seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface GuardedCommand {
  readonly guardianFile: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Gets all the output; emptied first. */
  readonly logFile: string;
  readonly env: Environment;
}

/** The last lines of a log, for an error that says why a database ended. */
export const lastLines = (logFile: string): string => {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
  } catch {
    return '';
  }
};

/** Starts the program under a guardian (see guardian.ts); rejects when it cannot be started at all. */
export const startGuarded = (command: GuardedCommand): Promise<GuardedProcess> => {
  const log = openSync(command.logFile, 'w');
  // Detached: its own process group, so that Ctrl-C in the terminal reaches the service alone.
  const guardian = spawn(process.execPath, [command.guardianFile, command.program, ...command.args], {
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
    env: { ...command.env, NODE_OPTIONS: '' },
    windowsHide: true,
  });
  closeSync(log);
  guardian.stdin?.on('error', () => undefined); // the guardian ended first

  let running = true;
  let reason = 'its guardian ended';
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
      if (message.exit !== undefined) reason = `it ended with ${message.exit}`;
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
      // Somebody killed the guardian: without it the database must not stay.
      if (databasePid !== undefined && databaseMark !== null && processMark(databasePid) === databaseMark) {
        signal(databasePid, 'SIGKILL');
      }
      running = false;
      end(reason);
      reject(new Error(reason));
    });
  });
};
