import { readFileSync, statSync } from 'node:fs';
import { errnoOf, readErrorMessage } from '../errno.ts';

const SUFFIX = '_FILE';
/** Far more than any setting; a wrong path may lead to anything. */
const MOST_BYTES = 1024 * 1024;

/** @returns the text without the line break at its end, or why there is none */
const readSetting = (path: string): { readonly text: string } | { readonly reason: string } => {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { reason: 'it is not a file' };
    if (stats.size > MOST_BYTES) return { reason: 'it is larger than 1 MiB' };
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { reason: 'it is empty' } : { text };
  } catch (error) {
    return { reason: readErrorMessage(errnoOf(error)) ?? `it cannot be read (${errnoOf(error)})` };
  }
};

export const fileVariablesOf = (names: readonly string[]): string[] => names.map((name) => `${name}${SUFFIX}`);

/**
 * Any setting can come from a file, as secrets of Docker and Kubernetes do: `NAME_FILE` has the path of what `NAME` would be.
 * Errors have the name alone, because a secret may have been written in place of the path.
 */
export const withFiles = (
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): { readonly env: Readonly<Record<string, string | undefined>>; readonly errors: readonly string[] } => {
  const errors: string[] = [];
  const read: Record<string, string> = {};
  for (const name of names) {
    const path = env[name + SUFFIX]?.trim() ?? '';
    if (path === '') continue;
    if ((env[name]?.trim() ?? '') !== '') {
      errors.push(`${name} and ${name}${SUFFIX} are both set; keep one`);
      continue;
    }
    const found = readSetting(path);
    if ('text' in found) read[name] = found.text;
    else errors.push(`${name}${SUFFIX} names a file that gives no value: ${found.reason}`);
  }
  return { env: { ...env, ...read }, errors };
};
