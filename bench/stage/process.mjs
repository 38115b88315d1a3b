import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks a second in /proc; Linux has told programs 100 on every platform for decades. */
const TICKS = 100;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const cpuOf = (stat) => {
  // The name in parentheses may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
};

const kilobytes = (pid, name) => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '');
  return found === null ? Number.NaN : Number(found[1]) * 1024;
};

/** CPU time of a process so far, all its threads together, in milliseconds; NaN where there is no /proc. */
export const cpuMs = (pid) => {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? Number.NaN : cpuOf(stat);
};

/** CPU time of the thread in which a process began, where Node runs its main event loop. */
export const mainThreadCpuMs = (pid) => {
  const stat = read(`/proc/${pid}/task/${pid}/stat`);
  return stat === null ? Number.NaN : cpuOf(stat);
};

export const threadCount = (pid) => readdirSync(`/proc/${pid}/task`).length;

/** Resident memory now, in bytes. */
export const residentBytes = (pid) => kilobytes(pid, 'VmRSS');

/** Highest resident memory since the start or the last reset, in bytes: the kernel's own mark, nothing is missed. */
export const peakBytes = (pid) => kilobytes(pid, 'VmHWM');

/** Sets the mark of {@link peakBytes} back to what is resident now (proc(5), clear_refs). */
export const resetPeak = (pid) => {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Then the peak is that since the start.
  }
};
