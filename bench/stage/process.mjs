import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks per second in /proc (USER_HZ): 100 on all Linux platforms. */
const TICKS = 100;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const cpuOf = (stat) => {
  // The name in parentheses may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
};

const kilobytes = (pid, name) => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '');
  return found === null ? Number.NaN : Number(found[1]) * 1024;
};

/** CPU time of a process and all its threads so far, in milliseconds; NaN without /proc. */
export const cpuMs = (pid) => {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? Number.NaN : cpuOf(stat);
};

/** CPU time of a process's main thread, which runs Node's event loop. */
export const mainThreadCpuMs = (pid) => {
  const stat = read(`/proc/${pid}/task/${pid}/stat`);
  return stat === null ? Number.NaN : cpuOf(stat);
};

export const threadCount = (pid) => readdirSync(`/proc/${pid}/task`).length;

/** Resident memory now, in bytes. */
export const residentBytes = (pid) => kilobytes(pid, 'VmRSS');

/** Peak resident memory since the start or the last reset, in bytes, as recorded by the kernel. */
export const peakBytes = (pid) => kilobytes(pid, 'VmHWM');

/** Resets {@link peakBytes} to the current resident memory (proc(5), clear_refs). */
export const resetPeak = (pid) => {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not permitted: the peak is then since the start.
  }
};
