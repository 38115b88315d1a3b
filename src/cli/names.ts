import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { outputSpecs } from '../http/parameters/outputs.ts';
import { furtherLabels } from '../output-formats.ts';
import { createImageNames } from '../results/archive-names.ts';
import type { CompressOptions } from './options.ts';
import type { StatusImage, StatusProduct } from './transfer/client.ts';

export interface Output {
  /** Of the service, or the path in the output. */
  readonly url: string;
  readonly bytes: number | null;
  /** Path in the image folder. */
  readonly name: string;
}

/** Commas separate the images of a cell in the output. */
const withoutCommas = (text: string): string => text.replaceAll(',', '_');

const storedOf = ({ outputs, outputUrl, bytesOut }: StatusImage) =>
  outputs ?? (outputUrl === null ? [] : [{ url: outputUrl, bytes: bytesOut }]);

const endOfPath = (url: string): string => basename(url.split(/[?#]/, 1)[0] ?? '');

/**
 * Names the outputs of images by the pattern of a run, or by their ids. Every output has to be named once, in upload order, as
 * a name that is taken gets a number.
 */
export const createOutputNames = ({ names, fields }: Pick<CompressOptions, 'names' | 'fields'>) => {
  const nameOf = names === null ? null : createImageNames(names);
  const labels = ['', ...furtherLabels(outputSpecs(fields.outputs ?? ''))];
  return ({ row = 0, serialNumber = '', productName = '' }: StatusProduct, image: StatusImage): Output[] =>
    storedOf(image).map(({ url, bytes }, at) => {
      const stored = endOfPath(url);
      if (nameOf === null) return { url, bytes, name: stored };
      const named = {
        ...{ id: image.id, row, n: image.index + 1 },
        serialNumber: withoutCommas(serialNumber),
        productName: withoutCommas(productName),
        inputUrl: image.inputUrl,
      };
      return { url, bytes, name: withoutCommas(nameOf(named, extname(stored).slice(1), labels[at])) };
    });
};

/** Gives a stored file its name in the image folder: the same file under a second name where the disk can, otherwise a copy. */
export const placeFile = async (stored: string, folder: string, name: string): Promise<void> => {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await link(stored, file).catch(() => copyFile(stored, file));
};
