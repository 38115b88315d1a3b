import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group with a memory limit. */
export interface Group {
  /** A process that writes its ID to this file joins the group with all its children. */
  readonly procs: string;
  /** Peak memory in bytes. */
  peak(): number;
  /** Number of its processes killed for exceeding the limit. */
  kills(): number;
  remove(): void;
}

export const createGroup = (bytes: number): Group => {
  const isSecond = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const directory = `/sys/fs/cgroup/${isSecond ? '' : 'memory/'}hostile-${process.pid}-${bytes}`;
  mkdirSync(directory);
  const get = (file: string): string => readFileSync(join(directory, file), 'utf8');
  writeFileSync(join(directory, isSecond ? 'memory.max' : 'memory.limit_in_bytes'), String(bytes));
  return {
    procs: join(directory, 'cgroup.procs'),
    peak: () => Number(get(isSecond ? 'memory.peak' : 'memory.max_usage_in_bytes')),
    kills: () => Number(/^oom_kill (\d+)$/m.exec(get(isSecond ? 'memory.events' : 'memory.oom_control'))?.[1] ?? 0),
    remove: () => rmdirSync(directory),
  };
};
