import { readFileSync, statSync } from 'node:fs';

/** How often a file is checked for changes. */
const CHECK_INTERVAL_MS = 1_000;

/** Larger files are truncated; an ad-blocking hosts file has a few megabytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * A system file, reread when it changes, because containers update theirs at run time. A missing or unreadable file is
 * treated as empty.
 * @param now monotonic milliseconds
 * @returns a function that returns the same value until the file changes
 */
export const createSystemFile = <Value>(
  path: string,
  parse: (text: string) => Value,
  now: () => number,
): (() => Value) => {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let version: string | null = null;
  let value = parse('');
  return () => {
    if (now() - checkedAt < CHECK_INTERVAL_MS) return value;
    checkedAt = now();
    const current = versionOf(path);
    if (current === version) return value;
    version = current;
    value = parse(current === '' ? '' : textOf(path));
    return value;
  };
};

const versionOf = (path: string): string => {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path).subarray(0, MAX_BYTES).toString('utf8');
  } catch {
    return '';
  }
};
