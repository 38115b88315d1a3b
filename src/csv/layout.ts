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
  /** Cells of the header row with the blank ones at its end, which the reader drops. */
  readonly headerCells?: number;
  /** The first rows below the header row, by which columns are recognized. */
  readonly sample: readonly (readonly string[])[];
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
/** Title lines that may be above the header row. */
const MAX_PREAMBLE = 20;
const SAMPLE_ROWS = 100;

const SEPARATOR_LINE = /^sep=([,;\t|])(?:\r\n|\r|\n|$)/i;

/** Rows without names of images that may be between two header rows. */
const MAX_GAP = 3;

/**
 * Finds the header row: the first one that names an image column. Files for Amazon have several header rows, of which the
 * last counts: groups of columns, labels and field names. Without any, the first row with a cell above the first URL.
 * @param rows the first rows of the file, without blank ones
 */
export const findHeader = (rows: readonly (readonly string[])[]): number => {
  const urlRow = rows.findIndex((cells) => cells.some(hasUrl));
  const above = rows.slice(0, Math.min(urlRow < 0 ? rows.length : urlRow, MAX_PREAMBLE + 1));
  const first = above.findIndex((cells) => namesImages(cells));
  if (first >= 0) {
    let last = first;
    for (let next = first + 1; next <= Math.min(last + 1 + MAX_GAP, above.length - 1); next += 1) {
      if (above[next]?.some((name, index) => isImageName(name) && isImageName(above[last]?.[index] ?? ''))) last = next;
    }
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
      headerCells: header.length,
      sample,
      known: countKnownColumns(header),
      cells: header.filter((name) => /[^\s,;|]/.test(name)).length,
    };
  });
  const [best] = layouts.toSorted((a, b) => b.known - a.known || b.cells - a.cells);
  const { delimiter, separatorLine, headerIndex, headerCells, sample } = best as (typeof layouts)[number];
  return { delimiter, separatorLine, headerIndex, headerCells, sample };
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
