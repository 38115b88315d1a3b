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

const kilobytes = (text: string | null, name: string): number => {
  const line = text?.split('\n').find((each) => each.startsWith(`${name}:`));
  return Number(/\d+/.exec(line ?? '')?.[0] ?? 0) * 1024;
};

/** Address space that threads and libraries set aside and do not fill. */
const ADDRESSES_TO_COME = 512 * 1024 * 1024;

/**
 * A limit on address space (`ulimit -v`) counts what is set aside, and Node.js sets aside far more than it fills: what is
 * left of it now, less what the threads set aside, can be filled.
 */
const addressLimit = (): number[] => {
  const limit = /^Max address space +(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  if (limit === undefined) return [];
  const status = read('/proc/self/status');
  const unfilled = kilobytes(status, 'VmSize') - kilobytes(status, 'VmRSS');
  return [Math.max(0, Number(limit) - unfilled - ADDRESSES_TO_COME)];
};

/** Bytes that this process may fill: the least of its limits, the machine's total where there is none. */
export const availableMemory = (): number => {
  const constrained = process.constrainedMemory?.() ?? 0;
  const limits = [totalmem(), ...(constrained > 0 ? [constrained] : []), ...groupLimits(), ...addressLimit()];
  return Math.min(...limits);
};
