import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Command-line flags that are followed by the data folder. */
const STORAGE_FLAGS = ['--dbpath', '--storage-path'];

const quiet = (read: () => string): string | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

const ps = (...args: string[]): string | null =>
  quiet(() => execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());

const hasSignalTarget = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Distinguishes a process from a later one with the same process ID; null if no such process is alive.
 * Linux: start time in clock ticks since boot (proc(5), field 22) and the boot ID; elsewhere the start time from `ps`.
 * A zombie counts as dead: it holds no resources.
 */
export const processMark = (pid: number): string | null => {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !hasSignalTarget(pid)) return null;
  if (process.platform === 'win32') return 'alive';
  if (process.platform !== 'linux') return ps('-o', 'lstart=', '-p', String(pid)) || null;
  const stat = quiet(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The name in the second field may contain spaces and parentheses, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const boot = quiet(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '';
  return `${fields[19]}@${boot}`;
};

const mountsOf = (pid: number | 'self'): string | null => quiet(() => readlinkSync(`/proc/${pid}/ns/mnt`));

/** The same path is another folder in a container. */
const seesOurFiles = (pid: number): boolean => process.platform !== 'linux' || mountsOf(pid) === mountsOf('self');

const allCommandLines = (): Array<{ pid: number; args: string[] }> => {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({
        pid: Number(name),
        args: (quiet(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')) ?? '').split('\0'),
      }));
  }
  if (process.platform === 'win32') return [];
  return (ps('-axww', '-o', 'pid=,command=') ?? '').split('\n').map((line) => {
    const [pid = '', ...args] = line.trim().split(' ');
    return { pid: Number(pid), args };
  });
};

/**
 * Process IDs of database servers on the folder, or on a folder inside it, and of their guardians. They are identified
 * by the flag and the path on their command line, so an unrelated process is never mistaken for one.
 */
export const databaseProcessesIn = (folder: string): number[] =>
  allCommandLines()
    .filter(({ pid, args }) => {
      if (pid === process.pid) return false;
      const storage = args.find((_, index) => STORAGE_FLAGS.includes(args[index - 1] ?? ''));
      return storage !== undefined && (storage === folder || storage.startsWith(`${folder}/`));
    })
    .map(({ pid }) => pid)
    .filter((pid) => processMark(pid) !== null && seesOurFiles(pid));

/** Sends the signal; does nothing if the process has ended. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // it ended before the signal
  }
};
