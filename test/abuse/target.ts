import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instance, startInstance } from '../support/instance.ts';
import { descendantsOf } from './meter.ts';

/** SHUTDOWN_SECONDS, 10 by default, plus time for the process to exit. */
const STOP_MS = 20_000;

export interface Target {
  readonly url: string;
  readonly pid: number;
  /** Contains everything that it writes. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Why it is no longer healthy, such as the exit of its database; null while it is. */
  ended(): string | null;
  /** Sends SIGTERM; rejects unless it exits in time with code 0. */
  stop(): Promise<void>;
}

/** Starts the built service with an embedded database in an empty folder. */
export const startTarget = async (environment: Readonly<Record<string, string>> = {}): Promise<Target> => {
  const directory = await mkdtemp(join(tmpdir(), 'abuse-'));
  const instance: Instance = await startInstance(directory, {
    ...{
      MONGODB_URI: '',
      RATE_LIMIT_UPLOADS_PER_MINUTE: '0',
      WORKER_THREADS: '',
      LEASE_SECONDS: '',
      LOG_LEVEL: 'info',
    },
    ...environment,
  });
  const pid = instance.process.pid ?? 0;
  const database = descendantsOf(pid);
  let code: string | null = null;
  void instance.exited.then((exit) => {
    code = `code ${exit.code}, signal ${exit.signal}`;
  });
  return {
    ...{ url: instance.url, pid, directory, environment },
    ended() {
      if (code !== null) return `the service has ended: ${code}`;
      const log = instance.log();
      if (/the embedded database exited unexpectedly/.test(log)) return 'the database has ended';
      if (/"msg":"internal_error"/.test(log)) return `the log has an internal error: ${/.*internal_error.*/.exec(log)}`;
      const running = descendantsOf(pid);
      return database.every((each) => running.includes(each)) ? null : 'a process of the database has ended';
    },
    async stop() {
      instance.process.kill('SIGTERM');
      const timer = setTimeout(() => instance.process.kill('SIGKILL'), STOP_MS);
      const exit = await instance.exited;
      clearTimeout(timer);
      await rm(directory, { recursive: true, force: true });
      if (exit.code !== 0) throw new Error(`SIGTERM did not end the service in time: ${exit.signal ?? exit.code}`);
    },
  };
};
