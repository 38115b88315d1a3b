import { isImageName } from './column-names.ts';
import { countKnownColumns, namesImages } from './columns.ts';
import { type Delimiter, parseRecord } from './record.ts';
import { isBlankRow } from './rows.ts';
import { hasUrl } from './urls.ts';

/** Where the table is in a file. */
export interface TableLayout {
  readonly delimiter: Delimiter;
  /** The first line is `sep=;` or the like, which Excel reads as the delimiter. */
  readonly separatorLine: boolean;
  /** Rows above the header row that are not blank, the separator line excepted. */
  readonly headerIndex: number;
  /** The first rows below the header row, by which columns are recognized. */
  readonly sample: readonly (readonly string[])[];
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
/** Title lines that may be above the header row. */
const MAX_PREAMBLE = 20;
const SAMPLE_ROWS = 100;

const SEPARATOR_LINE = /^sep=([,;\t|])(?:\r\n|\r|\n|$)/i;

/**
 * Finds the header row: the first one that names an image column; of several such rows below each other, as in files for
 * Amazon, the last. Without any, the first row with a cell above the first URL.
 * @param rows the first rows of the file, without blank ones
 */
export const findHeader = (rows: readonly (readonly string[])[]): number => {
  const urlRow = rows.findIndex((cells) => cells.some(hasUrl));
  const above = rows.slice(0, Math.min(urlRow < 0 ? rows.length : urlRow, MAX_PREAMBLE + 1));
  const places = (cells: readonly string[]): string =>
    cells.flatMap((name, index) => (isImageName(name) ? [index] : [])).join();
  const named = above.findIndex((cells) => namesImages(cells));
  if (named >= 0) {
    let last = named;
    while (last + 1 < above.length && places(above[last + 1] ?? []) === places(above[named] ?? [])) last += 1;
    return last;
  }
  if (urlRow <= 0) return 0;
  const column = rows[urlRow]?.findIndex(hasUrl) ?? 0;
  const filled = above.findIndex((cells) => (cells[column] ?? '').trim() !== '');
  return Math.max(filled, 0);
};

/**
 * Finds the table by the beginning of the file: the delimiter is the one whose header row has the most known columns,
 * then the most cells.
 * @param text the beginning of the file, decoded; its last row is left out if the file goes on
 */
export const findLayout = (text: string, whole: boolean): TableLayout => {
  const separator = SEPARATOR_LINE.exec(text);
  const body = separator === null ? text : text.slice(separator[0].length);
  const given = separator === null ? DELIMITERS : DELIMITERS.filter((delimiter) => delimiter === separator[1]);
  const layouts = given.map((delimiter) => {
    const rows = readRows(body, delimiter, whole);
    const headerIndex = findHeader(rows);
    const header = rows[headerIndex] ?? [];
    const sample = rows.slice(headerIndex + 1);
    return {
      delimiter,
      separatorLine: separator !== null,
      headerIndex,
      sample,
      known: countKnownColumns(header),
      cells: header.filter((name) => /[^\s,;|]/.test(name)).length,
    };
  });
  const [best] = layouts.toSorted((a, b) => b.known - a.known || b.cells - a.cells);
  const { delimiter, separatorLine, headerIndex, sample } = best as (typeof layouts)[number];
  return { delimiter, separatorLine, headerIndex, sample };
};

const readRows = (text: string, delimiter: Delimiter, whole: boolean): (readonly string[])[] => {
  const rows: (readonly string[])[] = [];
  let at = 0;
  while (at < text.length && rows.length < MAX_PREAMBLE + SAMPLE_ROWS) {
    const { cells, end } = parseRecord(text, at, delimiter);
    // The last row of the beginning is most likely cut off.
    if (!whole && end >= text.length && rows.length > 0) break;
    if (!isBlankRow(cells)) rows.push(cells);
    at = end;
  }
  return rows;
};
