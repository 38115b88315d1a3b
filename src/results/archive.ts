import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { furtherLabels } from '../output-formats.ts';
import type { ImageStore, OutlinedImage } from '../requests/image-store.ts';
import type { RequestRecord } from '../requests/types.ts';
import type { Storage } from '../storage/storage.ts';
import { createFolderNames, createImageNames, labelled, MISSING_LIST } from './archive-names.ts';
import { imagesInOrder } from './output-table.ts';
import { storedOutputs } from './stored-outputs.ts';
import type { ZipEntry } from './zip.ts';

/** At most this many missing outputs are listed by name; the rest is counted. */
const MISSING_NAMED = 1_000;

/**
 * The outputs of a request as entries, in upload order: by default `<serial>-<product>/<n>.<extension>` with a folder for
 * each row, or by a pattern (archive-names.ts); n is the image's position in its row, from 1, and further outputs have their
 * name after it, as in `1-webp-1600.webp`. Outputs that the storage no
 * longer has are listed in `MISSING.txt` at the end.
 * @param pattern a valid one
 */
export async function* archiveEntries(
  images: ImageStore,
  storage: Pick<Storage, 'read'>,
  request: RequestRecord,
  pattern?: string,
): AsyncGenerator<ZipEntry> {
  const folderOf = createFolderNames();
  const nameOf = pattern === undefined ? null : createImageNames(pattern);
  const labels = ['', ...furtherLabels(request.options.outputs)];
  const modified = request.finishedAt ?? request.createdAt;
  const missing: string[] = [];
  let missingCount = 0;
  /** Null if it is missing. */
  const open = async (stored: string, name: string): Promise<Readable | null> => {
    try {
      return await storage.read(stored);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'image_not_found') throw error;
      missingCount += 1;
      if (missing.length < MISSING_NAMED) missing.push(name);
      return null;
    }
  };
  let row = -1;
  let first: OutlinedImage | null = null;
  let folder: string | null = null;
  for await (const image of imagesInOrder(images, request, pattern?.includes('{original}'))) {
    if (image.row !== row) {
      row = image.row;
      first = image;
      folder = null;
    }
    if (image.status !== 'completed') continue;
    const [serialNumber, productName, n] = [first?.serialNumber ?? '', first?.productName ?? '', image.index + 1];
    // Named only at the first completed image: rows without one do not use up a name.
    if (nameOf === null) folder ??= folderOf(serialNumber, productName, row + 1);
    const named = { id: image._id, serialNumber, productName, row: row + 1, n, inputUrl: image.inputUrl ?? '' };
    for (const [at, stored] of storedOutputs(image, request.options).entries()) {
      const label = labels[at] ?? '';
      const extension = stored.slice(stored.lastIndexOf('.') + 1);
      const name = nameOf === null ? `${folder}/${n}${labelled(label)}.${extension}` : nameOf(named, extension, label);
      yield { name, modified: image.finishedAt ?? modified, open: () => open(stored, name) };
    }
  }
  if (missingCount === 0) return;
  const more = missingCount > missing.length ? `and ${missingCount - missing.length} more\r\n` : '';
  const text = `These outputs are no longer in the image store:\r\n${missing.join('\r\n')}\r\n${more}`;
  yield { name: MISSING_LIST, modified, open: async () => asStream(text) };
}

async function* asStream(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
