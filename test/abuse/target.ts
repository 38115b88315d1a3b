import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instance, startInstance } from '../support/instance.ts';
import { descendantsOf } from './meter.ts';

/** A stop takes SHUTDOWN_SECONDS at most, 10 by default, and a moment for the end of the process. */
const STOP_MS = 20_000;

export interface Target {
  readonly url: string;
  readonly pid: number;
  /** All that it writes lies below. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Why it is no longer as it was started: it, or its database, has ended; null: it runs. */
  ended(): string | null;
  /** SIGTERM must end it in time and with 0. */
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
