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

/** The limits of a group and all its parent groups. */
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
 * In a container the path may be the host's, which does not exist there; then the root of the mount is the container's group.
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
 * Bytes of memory that this process may use: the smallest of its limits and the machine's total. `ulimit -v` does not
 * count, because Node.js reserves gigabytes of address space that it never uses.
 */
export const availableMemory = (): number => {
  const constrained = process.constrainedMemory?.() ?? 0;
  const limits = [totalmem(), ...(constrained > 0 ? [constrained] : []), ...groupLimits()];
  return Math.min(...limits);
};
