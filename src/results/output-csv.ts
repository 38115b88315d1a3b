import { outputHeader, outputRow } from '../csv/write.ts';
import type { ImageStore, OutlinedImage } from '../requests/image-store.ts';
import { PAGE_SIZE, type RequestStore } from '../requests/request-store.ts';
import type { RequestRecord } from '../requests/types.ts';
import { outputName } from '../storage/storage.ts';

/** Rows are buffered up to about this size: a chunk of rows with short URLs may have ten megabytes of output URLs. */
const SLICE_CHARACTERS = 64 * 1024;

/**
 * Streams the output CSV: the uploaded rows in order, each with the URLs of its outputs, and an empty position for an
 * image without one. Memory is bounded by one chunk of rows, one page of images and the output of one row.
 */
export async function* outputCsv(
  requests: RequestStore,
  images: ImageStore,
  request: RequestRecord,
  outputUrl: (name: string) => string,
): AsyncGenerator<string> {
  const { header, delimiter, chunks } = request.csv;
  const ordered = imagesInOrder(images, request);
  let image = await ordered.next();
  yield outputHeader(header, delimiter);
  for (let number = 0; number < chunks; number += 1) {
    const chunk = await requests.rowChunk(request._id, number);
    if (chunk === null) throw new Error(`row chunk ${number} of ${request._id} is missing`);
    let text = '';
    for (const [offset, cells] of chunk.rows.entries()) {
      const urls: string[] = [];
      while (!image.done && image.value.row === chunk.firstRow + offset) {
        const { _id, status } = image.value;
        urls.push(status === 'completed' ? outputUrl(outputName(_id, request.options.format)) : '');
        image = await ordered.next();
      }
      text += outputRow(cells, header, urls, delimiter);
      if (text.length < SLICE_CHARACTERS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

/** All images of a request in upload order, with one page in memory. */
export async function* imagesInOrder(
  images: ImageStore,
  request: RequestRecord,
): AsyncGenerator<OutlinedImage, undefined> {
  for (let from = 0; from < request.total; from += PAGE_SIZE) {
    yield* await images.outlines(request._id, from, from + PAGE_SIZE);
  }
}
