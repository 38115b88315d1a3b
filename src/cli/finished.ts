import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompressOptions } from './options.ts';
import { formatOf } from './transfer/checks.ts';
import { digestOf } from './transfer/files.ts';

export const newKey = (): string => `cli-${randomUUID()}`;

/** Deterministic for the same file or link and options, so that an interrupted run resumes its request. */
export const keyOf = async ({ input, fields, fresh, server, names }: CompressOptions): Promise<string> => {
  // Without a server, the earlier request itself is discarded.
  if (fresh && server !== null) return newKey();
  const digest = createHash('sha256').update(input === null ? '' : await digestOf(input));
  return `cli-${digest.update(JSON.stringify([...Object.entries(fields).sort(), ...(names === null || server !== null ? [] : ['named'])])).digest('hex')}`;
};

/** What a job that is finished left behind, so that the same command can say so without starting anything. */
export interface FinishedJob {
  /** Identifies the file and the options. */
  readonly key: string;
  readonly out: { readonly path: string; readonly bytes: number; readonly modified: number };
  readonly names: string | null;
  /** Files in the image folder. */
  readonly files: number;
  readonly images: number;
  readonly bytes: { readonly in: number; readonly out: number; readonly savedPercent: number };
}

const RECORD = 'finished.json';

const countFiles = async (folder: string): Promise<number> =>
  (await readdir(folder, { recursive: true })).filter((name) => formatOf(name) !== undefined).length;

const stateOf = async (path: string) => {
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, modified: mtimeMs };
};

export const recordFinished = async (
  work: string,
  job: Pick<FinishedJob, 'key' | 'images' | 'bytes'>,
  { out, images, names }: Pick<CompressOptions, 'out' | 'images' | 'names'>,
): Promise<void> => {
  const record: FinishedJob = { ...job, names, out: await stateOf(out), files: await countFiles(images) };
  await writeFile(join(work, RECORD), JSON.stringify(record));
};

/**
 * The finished job of the same file and options with all its files.
 * @returns `gone` if the job is finished but images were deleted since; null if there is none, or its output was changed
 */
export const findFinished = async (
  work: string,
  key: string,
  { out, images, names }: Pick<CompressOptions, 'out' | 'images' | 'names'>,
): Promise<FinishedJob | 'gone' | null> => {
  try {
    const record: FinishedJob = JSON.parse(await readFile(join(work, RECORD), 'utf8'));
    if (record.key !== key || record.names !== names) return null;
    if ((await countFiles(images)) < record.files) return 'gone';
    return JSON.stringify(await stateOf(out)) === JSON.stringify(record.out) ? record : null;
  } catch {
    return null;
  }
};
