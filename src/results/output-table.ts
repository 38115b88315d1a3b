import { findColumns } from '../csv/columns.ts';
import { OUTPUT_COLUMN, type OutputImage, type OutputMode, outputTable } from '../csv/output.ts';
import { csvLine, type FormulaMode } from '../csv/write.ts';
import { furtherLabels } from '../output-formats.ts';
import type { DetailedImage, ImageStore, OutlinedImage } from '../requests/image-store.ts';
import { PAGE_SIZE, type RequestStore } from '../requests/request-store.ts';
import type { RequestRecord, StoredTable } from '../requests/types.ts';
import { storedOutputs } from './stored-outputs.ts';

/** Rows are buffered up to about this size: a chunk of rows with short URLs may have ten megabytes of output URLs. */
const SLICE_CHARACTERS = 64 * 1024;
const BYTE_ORDER_MARK = '\uFEFF';

/** What the reader asks for; absent: as the uploader chose. */
export interface OutputChoice {
  readonly output?: OutputMode | undefined;
  readonly formulas?: FormulaMode | undefined;
  readonly bom?: boolean | undefined;
  readonly details?: boolean | undefined;
}

/** Requests of versions before columns were stored have one image column. */
export const inputTable = ({ header, delimiter, columns }: StoredTable) => {
  if (columns !== undefined) return { header, delimiter, columns };
  const found = findColumns(header).columns ?? { serialNumber: null, productName: null, images: [header.length - 1] };
  return { header, delimiter, columns: { ...found, images: found.images.slice(0, 1) }, outputColumn: OUTPUT_COLUMN };
};

/**
 * The rows of the output: those above the header row, the header row, then the uploaded rows in order, each with the URLs
 * of its outputs. Memory is bounded by one chunk of rows, one page of images and the output of one row.
 */
export async function* outputRows(
  requests: RequestStore,
  images: ImageStore,
  request: RequestRecord,
  outputUrl: (name: string) => string,
  choice: OutputChoice = {},
): AsyncGenerator<readonly string[]> {
  const { preamble = [], output = 'add' } = request.csv;
  const further = furtherLabels(request.options.outputs);
  const options = { output: choice.output ?? output, details: choice.details ?? false, further };
  const table = outputTable(inputTable(request.csv), options);
  yield* preamble;
  yield table.header;
  const toOutput = (image: OutlinedImage & Partial<DetailedImage>): OutputImage => {
    const [first = '', ...others] = storedOutputs(image, request.options).map(outputUrl);
    return { ...image, column: image.column ?? 0, outputUrl: first, furtherUrls: others };
  };
  for await (const { cells, images: own } of rowsWithImages(requests, images, request, options.details)) {
    yield table.row(cells, own.map(toOutput));
  }
}

export interface RowWithImages {
  /** Position among the data rows, from 0. */
  readonly index: number;
  readonly cells: readonly string[];
  readonly images: readonly (OutlinedImage & Partial<DetailedImage>)[];
}

/** The uploaded rows in order with their images; those without images too. */
export async function* rowsWithImages(
  requests: RequestStore,
  images: ImageStore,
  request: RequestRecord,
  detailed: boolean,
): AsyncGenerator<RowWithImages> {
  const ordered = imagesInOrder(images, request, detailed);
  let image = await ordered.next();
  for (let number = 0; number < request.csv.chunks; number += 1) {
    const chunk = await requests.rowChunk(request._id, number);
    if (chunk === null) throw new Error(`row chunk ${number} of ${request._id} is missing`);
    for (const [offset, cells] of chunk.rows.entries()) {
      const index = chunk.firstRow + offset;
      const own: OutlinedImage[] = [];
      while (!image.done && image.value.row === index) {
        own.push(image.value);
        image = await ordered.next();
      }
      yield { index, cells, images: own };
    }
  }
}

/** All images of a request in upload order, with one page in memory. */
export async function* imagesInOrder(
  images: ImageStore,
  request: RequestRecord,
  detailed = false,
): AsyncGenerator<OutlinedImage & Partial<DetailedImage>, undefined> {
  for (let from = 0; from < request.total; from += PAGE_SIZE) {
    const page = detailed
      ? images.details(request._id, from, from + PAGE_SIZE)
      : images.outlines(request._id, from, from + PAGE_SIZE);
    yield* await page;
  }
}

/** Formats rows as CSV in slices. */
export async function* csvText(
  rows: AsyncIterable<readonly string[]>,
  request: RequestRecord,
  choice: OutputChoice = {},
): AsyncGenerator<string> {
  const { delimiter, separatorLine = false, bom = false, formulas = 'escape' } = request.csv;
  let text = (choice.bom ?? bom) ? BYTE_ORDER_MARK : '';
  if (separatorLine) text += `sep=${delimiter}\r\n`;
  for await (const cells of rows) {
    text += csvLine(cells, delimiter, choice.formulas ?? formulas);
    if (text.length < SLICE_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
