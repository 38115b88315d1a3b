import type { RequestRecord } from '../requests/types.ts';
import { safeName } from './archive-names.ts';

const MAX_CHARACTERS = 120;

/** The files of a request, by what they are called behind its name, and if it has none. */
const FILES = {
  output: ['compressed', 'output'],
  images: ['images', 'images'],
  errors: ['errors', 'errors'],
} as const;

/** Name of a downloaded file: `catalogue-compressed.csv`; without a name of the request `output-<id>.csv`. */
export const downloadName = (
  { _id, name }: Pick<RequestRecord, '_id' | 'name'>,
  file: keyof typeof FILES,
  extension: string,
): string => {
  const [behind, alone] = FILES[file];
  return name === undefined
    ? `${alone}-${_id}.${extension}`
    : `${safeName(name, MAX_CHARACTERS)}-${behind}.${extension}`;
};
