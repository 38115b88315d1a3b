import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { ImagePool } from '../task.ts';
import type { Download } from './download.ts';

const SAMPLE_NAME = /^[a-z][a-z-]*\.(?:jpg|png|webp)$/;

/**
 * The name of the sample photo that a URL stands for, or null. The sample of the page works without any network: URLs
 * below this service's own `/samples/` are read from its folder, never fetched, so that the guard against private
 * addresses needs no hole for it (decision 0030).
 * @param base `<address of this service>/samples/`
 */
export const sampleName = (url: string, base: string): string | null => {
  if (!url.startsWith(base)) return null;
  const name = url.slice(base.length).split(/[?#]/, 1)[0] ?? '';
  return SAMPLE_NAME.test(name) ? name : null;
};

/** Reads a sample photo; what is not there is answered as a server would. */
export const readSample = async (directory: string, name: string): Promise<Download> => {
  if (!SAMPLE_NAME.test(name)) throw new AppError('source_not_found');
  try {
    return { bytes: await readFile(join(directory, name)) };
  } catch (cause) {
    throw new AppError('source_not_found', `There is no sample photo named ${name}.`, { cause });
  }
};

/** Tells the threads which images are sample photos: their URLs begin with the address of this very service. */
export const withSamples = (pool: ImagePool, base: () => string): ImagePool => ({
  ...pool,
  run: (task, arrived) => {
    const sample = sampleName(task.url, base());
    return pool.run(sample === null ? task : { ...task, sample }, arrived);
  },
});
