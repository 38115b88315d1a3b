import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The built service in a separate process, which a test may stop, freeze or kill. */
export interface Instance {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  /** Its log so far. */
  readonly log: () => string;
}

/** All started instances, including those that are not ready yet. */
const running = new Set<Pick<Instance, 'process' | 'exited'>>();

/**
 * Starts an instance on a free port, with its folders below `directory`; resolves once it is ready.
 * @param command by default `node dist/main.js`
 */
export const startInstance = async (
  directory: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = [process.execPath, 'dist/main.js'],
): Promise<Instance> => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: join(directory, 'data'),
      PROCESSED_DIR: join(directory, 'processed_images'),
      ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
      LEASE_SECONDS: '2',
      WORKER_THREADS: '2',
      LOG_LEVEL: 'info',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const started = { process: child, exited };
  running.add(started);
  void exited.then(() => running.delete(started));
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const ready = /"url":"([^"]+)"/.exec(log);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    exited.then(() => reject(new Error(`the service exited before it was ready: ${log}`)));
  });
  return { url, process: child, exited, log: () => log };
};

/** Kills instances that a test left running. */
export const killInstances = async (): Promise<void> => {
  for (const instance of running) {
    instance.process.kill('SIGKILL');
    await instance.exited;
  }
};
