import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The limit in each of these files that there is, for the group and for all groups above it. */
const limitsAlong = (mount: string, group: string, file: string): number[] => {
  const limits: number[] = [];
  for (let at = group; ; at = path.posix.dirname(at)) {
    const text = read(path.posix.join(mount, at, file))?.trim();
    if (text !== undefined && /^\d+$/.test(text)) limits.push(Number(text));
    if (at === '/' || at === '.') return limits;
  }
};

/**
 * Limits of the control groups, from `/proc/self/cgroup`: version 2 (`0::/path`) and version 1 (`5:memory:/path`).
 * In a container the path may be that of the host, which is not there; then the mounts' roots are the container's.
 */
const groupLimits = (): number[] => {
  const limits: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (group === undefined || controllers === undefined) continue;
    if (controllers === '') limits.push(...limitsAlong('/sys/fs/cgroup', group, 'memory.max'));
    if (controllers.split(',').includes('memory')) {
      limits.push(...limitsAlong('/sys/fs/cgroup/memory', group, 'memory.limit_in_bytes'));
    }
  }
  return limits;
};

/**
 * Bytes that this process may fill: the least of its limits, the machine's total where there is none. A limit on
 * addresses (`ulimit -v`) says nothing of that: Node.js sets aside gigabytes that it never fills.
 */
export const availableMemory = (): number => {
  const constrained = process.constrainedMemory?.() ?? 0;
  const limits = [totalmem(), ...(constrained > 0 ? [constrained] : []), ...groupLimits()];
  return Math.min(...limits);
};
