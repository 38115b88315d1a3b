import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { ImagePool } from '../task.ts';
import type { Download } from './download.ts';

const SAMPLE_NAME = /^[a-z][a-z-]*\.(?:jpg|png|webp)$/;

/**
 * The name of the sample photo a URL refers to, or null. URLs under this service's own `/samples/` are read from its
 * folder, never downloaded, so the sample works offline and the guard against private addresses needs no exception
 * (decision 0030).
 * @param base `<address of this service>/samples/`
 */
export const sampleName = (url: string, base: string): string | null => {
  if (!url.startsWith(base)) return null;
  const name = url.slice(base.length).split(/[?#]/, 1)[0] ?? '';
  return SAMPLE_NAME.test(name) ? name : null;
};

/** Reads a sample photo; a missing one fails like a 404. */
export const readSample = async (directory: string, name: string): Promise<Download> => {
  if (!SAMPLE_NAME.test(name)) throw new AppError('source_not_found');
  try {
    return { bytes: await readFile(join(directory, name)) };
  } catch (cause) {
    throw new AppError('source_not_found', `There is no sample photo named ${name}.`, { cause });
  }
};

/** Marks tasks whose URL is a sample photo of this service, so that the threads read it locally. */
export const withSamples = (pool: ImagePool, base: () => string): ImagePool => ({
  ...pool,
  run: (task, options) => {
    const sample = sampleName(task.url, base());
    return pool.run(sample === null ? task : { ...task, sample }, options);
  },
});
