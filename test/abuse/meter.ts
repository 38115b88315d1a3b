import { readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const SAMPLE_MS = 100;
const DISK_MS = 500;
const PROBE_MS = 100;
/** Without a response from /health within this time the service hangs. */
const HUNG_MS = 60_000;

export interface Cost {
  /** Resident memory in bytes: peak during the attack, and before it. */
  readonly service: { readonly peak: number; readonly before: number };
  readonly database: { readonly peak: number; readonly before: number };
  /** Largest growth of bytes on disk. */
  readonly disk: number;
  /** Slowest response of `/health`, and when it was received after the start, in milliseconds. */
  readonly health: number;
  readonly healthAt: number;
  readonly ms: number;
}

/** Resident memory of a process in bytes; 0 if it has ended. */
export const residentOf = (pid: number): number => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};

/** All direct and indirect child processes (proc(5)). */
export const descendantsOf = (pid: number): number[] => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has just ended.
    }
  }
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
};

/** Disk usage of the files below a folder, in bytes. */
export const bytesBelow = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath ?? entry.path, entry.name)).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/**
 * Polls `/health`, each time on a new connection, and reports the response times. In a separate thread: the main thread is
 * sometimes busy with the attack and would measure itself.
 */
const PROBE = `
const { get } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const { url, pauseMs, hungMs } = workerData;
const probe = () => {
  const begun = performance.now();
  const request = get(url + '/health', { agent: false, timeout: hungMs }, (response) => {
    response.resume().on('end', () => {
      parentPort.postMessage({ took: performance.now() - begun });
      setTimeout(probe, pauseMs);
    });
  });
  request.on('timeout', () => request.destroy(new Error('no answer within ' + hungMs / 1000 + ' s')));
  request.on('error', (error) => parentPort.postMessage({ failure: String(error) }));
};
probe();
`;

/** Measures a service and its database from outside; `stop` resolves to their cost, or rejects if the service hung. */
export const startMeter = async (target: {
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
}) => {
  const database = descendantsOf(target.pid);
  const memory = () => ({
    service: residentOf(target.pid),
    database: database.reduce((sum, pid) => sum + residentOf(pid), 0),
  });
  const before = memory();
  const diskBefore = await bytesBelow(target.directory);
  const peak = { ...before };
  const begun = performance.now();
  let [disk, health, healthAt, over] = [0, 0, 0, false];
  let failure: string | null = null;

  const probe = new Worker(PROBE, { eval: true, workerData: { url: target.url, pauseMs: PROBE_MS, hungMs: HUNG_MS } });
  probe.on('message', (message: { readonly took?: number; readonly failure?: string }) => {
    failure ??= message.failure ?? null;
    const { took = 0 } = message;
    if (took > health) [health, healthAt] = [took, performance.now() - begun];
  });

  const sample = setInterval(() => {
    const now = memory();
    peak.service = Math.max(peak.service, now.service);
    peak.database = Math.max(peak.database, now.database);
  }, SAMPLE_MS);
  const repeat = async (pauseMs: number, measure: () => Promise<void>): Promise<void> => {
    while (!over) {
      await measure();
      await new Promise((next) => setTimeout(next, pauseMs));
    }
  };
  const measureDisk = async (): Promise<void> => {
    disk = Math.max(disk, (await bytesBelow(target.directory)) - diskBefore);
  };
  const disks = repeat(DISK_MS, measureDisk);

  return {
    async stop(): Promise<Cost> {
      over = true;
      await disks;
      await probe.terminate();
      await measureDisk();
      clearInterval(sample);
      if (failure !== null) throw new Error('the service stopped answering /health', { cause: failure });
      return {
        service: { peak: peak.service, before: before.service },
        database: { peak: peak.database, before: before.database },
        ...{ disk, health, healthAt, ms: performance.now() - begun },
      };
    },
  };
};
