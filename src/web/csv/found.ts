import { findProductName, findSerialNumber } from '../../csv/column-names.ts';
import type { ColumnChoice, Columns } from '../../csv/columns.ts';
import type { CsvError, CsvErrorCode } from '../../csv/csv-errors.ts';
import type { TableInspection } from '../../csv/inspect.ts';
import type { CsvRecord, TableNote } from '../../csv/table.ts';
import { hasUrl, isPlaceholder } from '../../csv/urls.ts';
import type { PreviewAnswer } from '../types.ts';
import { columnsByName, type Mapping } from './choice.ts';
import type { Preview } from './inspect.ts';

/** A row as shown before the upload. */
export interface FoundRow {
  readonly line: number;
  readonly serialNumber: string;
  readonly productName: string;
  readonly urls: readonly string[];
  readonly invalid: boolean;
}

/** What was found in a table before its upload, by the page itself or by the server. */
export interface Found {
  /** Null if no column has image URLs. */
  readonly columns: Columns | null;
  readonly header: readonly string[];
  readonly headerLine: number | null;
  /** Of each column the first value among the first rows; empty if there is none. */
  readonly examples: readonly string[];
  readonly encoding: string | null;
  /** Null for a workbook. */
  readonly delimiter: ',' | ';' | '\t' | '|' | null;
  readonly sheet: string | null;
  /** Names of all sheets of a workbook. */
  readonly sheets: readonly string[];
  readonly rows: number;
  readonly rowsWithoutImages: number;
  readonly images: number;
  readonly firstRows: readonly FoundRow[];
  readonly notes: readonly TableNote[];
  readonly errors: readonly CsvError[];
  readonly errorCount: number;
  readonly errorKinds: TableInspection['errorKinds'];
}

/** Each of these errors is of one image. */
const SKIPPABLE: readonly CsvErrorCode[] = ['csv_invalid_url', 'csv_bucket_not_allowed'];

const examplesOf = (header: readonly string[], sample: readonly Pick<CsvRecord, 'cells'>[]): string[] =>
  header.map((_, index) => sample.map(({ cells }) => cells[index] ?? '').find((cell) => !isPlaceholder(cell)) ?? '');

export const foundHere = (preview: Preview): Found => {
  const { dialect, header, headerLine, sample, rows, rowsWithoutImages, urls, firstRows, notes } = preview;
  const { errors, errorCount, errorKinds } = preview;
  return {
    columns: dialect?.columns ?? null,
    ...{ header, headerLine, examples: examplesOf(header, sample) },
    encoding: dialect?.encoding ?? null,
    delimiter: dialect?.delimiter ?? null,
    sheet: null,
    sheets: [],
    ...{ rows, rowsWithoutImages, images: urls, notes, errors, errorCount, errorKinds },
    firstRows: firstRows.map(({ line, serialNumber, productName, images, errors: found }) => {
      return { line, serialNumber, productName, urls: images.map(({ url }) => url), invalid: found.length > 0 };
    }),
  };
};

/** @param choice the choice that the answer is for */
export const foundByServer = (answer: PreviewAnswer, choice: ColumnChoice): Found => {
  const { file, header, sample, errors, errorCount, errorKinds } = answer;
  const lines = new Set(errors.map(({ line }) => line));
  return {
    columns: file === null ? null : columnsByName(header, file.columns, choice),
    ...{ header, headerLine: file?.headerLine ?? null, examples: examplesOf(header, sample) },
    encoding: file?.encoding ?? null,
    delimiter: file?.delimiter ?? null,
    sheet: file?.sheet ?? null,
    sheets: answer.sheets,
    ...{ rows: file?.rows ?? 0, rowsWithoutImages: file?.rowsWithoutImages ?? 0, images: file?.images ?? 0 },
    ...{ notes: file?.notes ?? [], errors, errorCount, errorKinds },
    firstRows:
      file === null
        ? []
        : sample.map(({ line, serialNumber, productName, images }) => {
            return { line, serialNumber, productName, urls: images.map(({ url }) => url), invalid: lines.has(line) };
          }),
  };
};

/** Images of a file that is uploaded with what is invalid skipped; `strict` counts that as errors. */
export const imagesKept = ({ images, errorKinds }: Pick<Found, 'images' | 'errorKinds'>): number =>
  images - errorKinds.reduce((sum, { code, count }) => sum + (SKIPPABLE.includes(code) ? count : 0), 0);

/** Whether its columns can be chosen: it has a header row, which is no row of URLs. */
export const isMappable = ({ header }: Found): boolean => header.length > 0 && !header.some(hasUrl);

/** The columns that a form of them begins with. */
export const mappingOf = ({ columns, header }: Found): Mapping =>
  columns ?? { images: [], productName: findProductName(header), serialNumber: findSerialNumber(header) };
