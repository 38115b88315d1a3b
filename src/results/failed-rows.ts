import { imagesByColumn, paddedRow } from '../csv/output.ts';
import { imageTexts } from '../csv/rows.ts';
import { isPlaceholder, splitUrls } from '../csv/urls.ts';
import { plainHint } from '../image-error-hints.ts';
import type { DetailedImage, ImageStore, OutlinedImage } from '../requests/image-store.ts';
import type { RequestStore } from '../requests/request-store.ts';
import type { RequestRecord } from '../requests/types.ts';
import { inputTable, rowsWithImages } from './output-table.ts';

const ADDED = ['Error Code', 'Error', 'What To Do'] as const;
/** Different messages of one row: a row may have a hundred thousand failed images, and must fit into an upload again. */
const MESSAGES_SHOWN = 10;

type FailedImage = OutlinedImage & Partial<DetailedImage>;

/**
 * The rows of a request with failed images, in order, below the header row: the uploaded columns, then `Error Code`, `Error`
 * and `What To Do`. The file is an ordinary table again: its image cells have only the failed URLs, so that an upload of it
 * processes exactly those. Codes, messages and hints are each given once per row, on lines of their own.
 * Memory is bounded by one chunk of rows, one page of images and one row.
 */
export async function* failedRows(
  requests: RequestStore,
  images: ImageStore,
  request: RequestRecord,
): AsyncGenerator<readonly string[]> {
  const table = inputTable(request.csv);
  const { header, columns, delimiter } = table;
  const place = addedPlace(header);
  const withAdded = (row: readonly string[], added: readonly string[]): string[] => [
    ...row.slice(0, place),
    ...added,
    ...row.slice(place + ADDED.length),
  ];
  yield withAdded(header, ADDED);
  if (request.counters.failed === 0) return;
  for await (const { cells, images: own } of rowsWithImages(requests, images, request, true)) {
    const failed = own.filter(({ status }) => status === 'failed');
    if (failed.length === 0) continue;
    const row = paddedRow(cells, header, delimiter);
    const texts = imageTexts(cells, table);
    const byColumn = imagesByColumn(columns, own);
    for (const [column, index] of columns.images.entries()) {
      row[index] = failedCell(row[index] ?? '', texts[column] ?? [], byColumn[column] ?? []);
    }
    yield withAdded(row, problemsOf(failed));
  }
}

/** Those columns of an earlier file of failed rows get new values; otherwise they follow the last column. */
const addedPlace = (header: readonly string[]): number => {
  const at = header.findIndex((_, index) => ADDED.every((name, offset) => header[index + offset]?.trim() === name));
  return at < 0 ? header.length : at;
};

/** As written if every image failed; a URL that was corrected, in its place. */
const failedCell = (cell: string, texts: readonly string[], images: readonly FailedImage[]): string => {
  if (images.length > 0 && images.every(({ status, corrected }) => status === 'failed' && !corrected)) return cell;
  const written = texts.filter((text) => !isPlaceholder(text)).flatMap(splitUrls);
  // Earlier versions split some cells differently.
  const asWritten = written.length === images.length;
  return images
    .flatMap(({ status, inputUrl = '', corrected }, index) =>
      status === 'failed' ? [asWritten && !corrected ? (written[index] ?? '') : inputUrl] : [],
    )
    .join(',');
};

const problemsOf = (failed: readonly FailedImage[]): string[] => {
  const errors = failed.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const codes = [...new Set(errors.map(({ code }) => code))];
  const messages = [...new Set(errors.map(({ message }) => message))];
  const more = messages.length - MESSAGES_SHOWN;
  const shown = messages.slice(0, MESSAGES_SHOWN).concat(more > 0 ? [`and ${more} more`] : []);
  const hints = new Set(codes.map((code) => plainHint(code)));
  return [codes.join('\n'), shown.join('\n'), [...hints].join('\n')];
};
