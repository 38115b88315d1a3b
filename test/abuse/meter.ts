import { readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';

const SAMPLE_MS = 100;
const DISK_MS = 500;
const ASK_MS = 100;
/** A service that does not say that it lives within this hangs. */
const HUNG_MS = 60_000;

export interface Cost {
  /** Resident memory in bytes: the most there was, and what there was before. */
  readonly service: { readonly peak: number; readonly before: number };
  readonly database: { readonly peak: number; readonly before: number };
  /** Bytes on disk: the most they grew by. */
  readonly disk: number;
  /** The longest answer of `/health`, and how long after the beginning it came, in milliseconds. */
  readonly health: number;
  readonly healthAt: number;
  readonly ms: number;
}

const residentOf = (pid: number): number => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};

/** All processes that a process has started, and they in turn (proc(5)). */
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

/** Bytes that the files below a folder take on disk. */
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

/** Milliseconds until `/health` has answered, on a connection of its own. */
const askHealth = (url: string): Promise<number> => {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(`${url}/health`, { agent: false, timeout: HUNG_MS }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - begun));
    });
    request.on('timeout', () => request.destroy(new Error(`/health did not answer within ${HUNG_MS / 1_000} s`)));
    request.on('error', reject);
  });
};

/** Watches a service and its database from outside; `stop` tells what they took, or why the service did not answer. */
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
  let failure: Error | null = null;

  const sample = setInterval(() => {
    const now = memory();
    peak.service = Math.max(peak.service, now.service);
    peak.database = Math.max(peak.database, now.database);
  }, SAMPLE_MS);
  const again = async (pauseMs: number, look: () => Promise<void>): Promise<void> => {
    while (!over) {
      await look();
      await new Promise((next) => setTimeout(next, pauseMs));
    }
  };
  const measureDisk = async (): Promise<void> => {
    disk = Math.max(disk, (await bytesBelow(target.directory)) - diskBefore);
  };
  const loops = [
    again(DISK_MS, measureDisk),
    again(ASK_MS, async () => {
      const took = await askHealth(target.url);
      if (took > health) [health, healthAt] = [took, performance.now() - begun];
    }).catch((error: Error) => {
      failure = error;
    }),
  ];

  return {
    async stop(): Promise<Cost> {
      over = true;
      await Promise.all(loops);
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
