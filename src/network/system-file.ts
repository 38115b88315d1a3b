import { readFileSync, statSync } from 'node:fs';

/** How often a file is looked at, in milliseconds, however many names are asked for. */
const LOOK_EVERY_MS = 1_000;

/** Larger files are cut: a hosts file that blocks advertisements has some megabytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A file of the operating system, read anew when it has changed: containers write theirs while they run. One that is not
 * there, or cannot be read, counts as empty.
 * @param now milliseconds that only ever grow
 * @returns gives the same value until the file changes
 */
export const createSystemFile = <Value>(
  path: string,
  parse: (text: string) => Value,
  now: () => number,
): (() => Value) => {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let mark: string | null = null;
  let value = parse('');
  return () => {
    if (now() - lookedAt < LOOK_EVERY_MS) return value;
    lookedAt = now();
    const seen = markOf(path);
    if (seen === mark) return value;
    mark = seen;
    value = parse(seen === '' ? '' : textOf(path));
    return value;
  };
};

const markOf = (path: string): string => {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path).subarray(0, MOST_BYTES).toString('utf8');
  } catch {
    return '';
  }
};
