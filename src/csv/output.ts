import { createUniqueNames } from '../unique-names.ts';
import { bareName } from './column-names.ts';
import type { Columns } from './columns.ts';
import { joinUrlCells, splitUrls, withoutQuotes } from './urls.ts';

/** The output column of the assignment's file. */
export const OUTPUT_COLUMN = 'Output Image Urls';

/** Where the output URLs go: into columns of their own, or in place of the input URLs. */
export type OutputMode = 'add' | 'replace';

/** An image of a row, in the row's order. */
export interface OutputImage {
  /** Position of its column among the image columns. */
  readonly column: number;
  /** Empty for an image without output. */
  readonly outputUrl: string;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface OutputTable {
  readonly header: readonly string[];
  /** @param cells the row as read */
  row(cells: readonly string[], images: readonly OutputImage[]): string[];
}

export interface OutputOptions {
  readonly output: OutputMode;
  /** Adds columns with the bytes before and after, width and height of each image. */
  readonly details: boolean;
}

interface InputTable {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly delimiter: string;
  /** Of a single image column; absent: named after it. */
  readonly outputColumn?: string;
}

/** `Input X` → `Output X`, `X` → `Output X`. */
const outputName = (name: string): string => {
  if (bareName(name) === 'inputimageurls') return OUTPUT_COLUMN;
  return `Output ${name.trim().replace(/^input[\s_-]+/i, '')}`.trim();
};

const DETAILS = [
  ['Bytes Before', 'bytesIn'],
  ['Bytes After', 'bytesOut'],
  ['Width', 'width'],
  ['Height', 'height'],
] as const;

/**
 * The output of a table: the input's columns in order, and for each image column one with the output URLs. A file that
 * has such a column already, because it is itself an output, gets new values in it.
 * URLs of one cell are joined with commas, with an empty position for an image without output: `url1,,url3`.
 */
export const outputTable = (input: InputTable, options: OutputOptions): OutputTable => {
  const { header, columns, delimiter } = input;
  const places = options.output === 'replace' ? null : outputPlaces(input);
  const width = Math.max(header.length, ...(places?.map(({ index }) => index + 1) ?? []));
  const names = [...header];
  for (const { index, name } of places ?? []) names[index] = name;
  const details = options.details ? DETAILS : [];
  return {
    header: [...names, ...details.map(([name]) => name)],
    row: (cells, images) => {
      const row = paddedRow(cells, header, delimiter);
      while (row.length < width) row.push('');
      const byColumn = imagesByColumn(columns, images);
      for (const [column, index] of columns.images.entries()) {
        const own = byColumn[column] ?? [];
        if (places !== null) row[places[column]?.index ?? 0] = own.map(({ outputUrl }) => outputUrl).join(',');
        else if (own.length > 0) row[index] = replacedCell(row[index] ?? '', own);
      }
      return [...row, ...details.map(([, field]) => images.map((image) => image[field] ?? '').join(','))];
    },
  };
};

interface Place {
  readonly index: number;
  readonly name: string;
}

const outputPlaces = ({ header, columns, outputColumn }: InputTable): Place[] => {
  const images = new Set(columns.images);
  // The first of several columns with one name.
  const existing = new Map(
    header.flatMap((name, index) => (images.has(index) ? [] : [[bareName(name), index] as const])).toReversed(),
  );
  const unique = createUniqueNames(bareName);
  let width = header.length;
  return columns.images.map((image) => {
    const name = unique(outputColumn ?? outputName(header[image] ?? ''));
    const index = existing.get(bareName(name));
    if (index !== undefined) return { index, name: header[index] ?? name };
    width += 1;
    return { index: width - 1, name };
  });
};

/** The images of each image column. */
export const imagesByColumn = <Image extends { readonly column?: number }>(
  { images: columns }: Columns,
  images: readonly Image[],
): Image[][] => {
  const byColumn = columns.map((): Image[] => []);
  for (const image of images) byColumn[image.column ?? 0]?.push(image);
  return byColumn;
};

/** As wide as the header row; unquoted URLs beyond its width are moved back into the last column. */
export const paddedRow = (cells: readonly string[], header: readonly string[], delimiter: string): string[] => {
  const last = header.length - 1;
  const row = header.map((_, index) => cells[index] ?? '');
  if (cells.length > header.length) {
    row[last] = joinUrlCells(cells.slice(last), delimiter)
      .filter((text) => text !== '')
      .join(',');
  }
  return row;
};

/**
 * Writes the output URLs in place of the input URLs; what is between and around them stays, as the shop that wrote it
 * expects it. A failed image keeps its input URL, so that an import does not lose it.
 */
const replacedCell = (cell: string, images: readonly OutputImage[]): string => {
  const urls = splitUrls(cell);
  let text = '';
  let at = 0;
  for (const [index, { outputUrl }] of images.entries()) {
    const written = urls[index] ?? '';
    const start = cell.indexOf(written, at);
    const end = start + written.length;
    text += cell.slice(at, start);
    text += outputUrl === '' ? written : written.split(withoutQuotes(written)).join(outputUrl);
    at = end;
  }
  return text + cell.slice(at);
};
