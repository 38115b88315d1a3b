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
/** Rows that the layout and the columns are found by, title lines included. */
export const LAYOUT_ROWS = MAX_PREAMBLE + 100;

const SEPARATOR_LINE = /^sep=([,;\t|])(?:\r\n|\r|\n|$)/i;

const filledCells = (cells: readonly string[]): number => cells.filter(isFilled).length;

type Rows = readonly (readonly string[])[];

/** Positions of the cells with a URL, by row. */
const urlPlaces = (rows: Rows): (readonly number[])[] =>
  rows.map((cells) => cells.flatMap((cell, index) => (hasUrl(cell) ? [index] : [])));

/** Whether a column with such a name in the header row has a URL. */
const hasUrlBelow = (
  header: readonly string[],
  places: readonly (readonly number[])[],
  isName: (name: string) => boolean,
): boolean => places.some((indices) => indices.some((index) => isName(header[index] ?? '')));

const isFilled = (cell: string): boolean => cell.trim() !== '';

/** Whether the lower row is the better header row: both name an image in one place, or the upper one is a title. */
const isBetterHeader = (lower: readonly string[], upper: readonly string[]): boolean => {
  if (lower.some((name, index) => isImageName(name) && isImageName(upper[index] ?? ''))) return true;
  const more = countKnownColumns(lower) - countKnownColumns(upper);
  const [filled, filledAbove] = [filledCells(lower), filledCells(upper)];
  const isTitle = filledAbove === 1 && isFilled(upper[0] ?? '');
  return more > 1 || (more === 1 && filled >= filledAbove) || (isTitle && filled > 1);
};

/**
 * Finds the header row: the first one with a name above a URL; but below titles, which have fewer cells and known names.
 * Files for Amazon have several header rows, of which the last counts: groups of columns, labels and field names.
 * @param rows the first rows of the file, without blank ones
 */
export const findHeader = (rows: Rows): number => {
  const places = urlPlaces(rows);
  const urlRow = places.findIndex(({ length }) => length > 0);
  const top = rows.slice(0, MAX_PREAMBLE + 1);
  const isBelowTitles = (cells: readonly string[], index: number): boolean => {
    const most = countKnownColumns(cells) > 0 ? filledCells(cells) - 1 : 1;
    return filledCells(cells) > 1 && top.slice(0, index).every((above) => filledCells(above) <= most);
  };
  const possible = top.filter((cells, index) => {
    if (urlRow < 0) return namesImages(cells);
    if (places[index]?.length !== 0 || !hasUrlBelow(cells, places.slice(index + 1), isFilled)) return false;
    return index < urlRow || isBelowTitles(cells, index);
  });
  const [first, ...others] = possible;
  if (first === undefined) return 0;
  return top.indexOf(others.reduce((best, lower) => (isBetterHeader(lower, best) ? lower : best), first));
};

/** How well rows fit a header row: URLs are below names, best those of images, and the number of cells is the same. */
const fitOf = (header: readonly string[], rows: Rows): number => {
  const places = urlPlaces(rows);
  const below = [isFilled, isImageName].filter((isName) => hasUrlBelow(header, places, isName)).length;
  const regular = rows.filter(({ length }) => length === header.length).length;
  return below + (header.length > 1 && 2 * regular > rows.length ? 2 : 0);
};

/**
 * Finds the table by the beginning of the file: the delimiter is the one by which most columns are known and the rows
 * fit the header row, then the one with most cells.
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
      ...{ delimiter, separatorLine: separator !== null, headerIndex, headerCells: header.length, sample },
      score: countKnownColumns(header) + fitOf(header, sample),
      cells: header.filter((name) => /[^\s,;|]/.test(name)).length,
    };
  });
  const [best] = layouts.toSorted((a, b) => b.score - a.score || b.cells - a.cells || a.headerIndex - b.headerIndex);
  const { delimiter, separatorLine, headerIndex, headerCells, sample } = best as (typeof layouts)[number];
  return { delimiter, separatorLine, headerIndex, headerCells, sample };
};

const readRows = (text: string, delimiter: Delimiter, whole: boolean): (readonly string[])[] => {
  const rows: (readonly string[])[] = [];
  let at = 0;
  while (at < text.length && rows.length < LAYOUT_ROWS) {
    const { cells, end } = parseRecord(text, at, delimiter);
    // The last row of the beginning is most likely cut off.
    if (!whole && end >= text.length && rows.length > 0) break;
    if (!isBlankRow(cells)) rows.push(cells);
    at = end;
  }
  return rows;
};
