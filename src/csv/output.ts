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
  /** Of its further outputs. */
  readonly furtherUrls?: readonly string[];
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
  /** Names of the outputs after the first; absent: none. */
  readonly further?: readonly string[];
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
 * Each further output has columns of its own, with its name in brackets, also where the first goes into the input's columns.
 * URLs of one cell are joined with commas, with an empty position for an image without output: `url1,,url3`.
 */
export const outputTable = (input: InputTable, options: OutputOptions): OutputTable => {
  const { header, columns, delimiter } = input;
  const [firstPlaces = [], ...furtherPlaces] = outputPlaces(input, options);
  const all = [firstPlaces, ...furtherPlaces].flat();
  const width = all.reduce((most, { index }) => Math.max(most, index + 1), header.length);
  const names = [...header];
  for (const { index, name } of all) names[index] = name;
  const details = options.details ? DETAILS : [];
  return {
    header: [...names, ...details.map(([name]) => name)],
    row: (cells, images) => {
      const row = paddedRow(cells, header, delimiter);
      while (row.length < width) row.push('');
      const byColumn = imagesByColumn(columns, images);
      for (const [column, index] of columns.images.entries()) {
        const own = byColumn[column] ?? [];
        if (options.output === 'add') row[firstPlaces[column]?.index ?? 0] = urlCell(own, ({ outputUrl }) => outputUrl);
        else if (own.length > 0) row[index] = replacedCell(row[index] ?? '', own);
        for (const [at, places] of furtherPlaces.entries()) {
          row[places[column]?.index ?? 0] = urlCell(own, ({ furtherUrls }) => furtherUrls?.[at] ?? '');
        }
      }
      return [...row, ...details.map(([, field]) => images.map((image) => image[field] ?? '').join(','))];
    },
  };
};

interface Place {
  readonly index: number;
  readonly name: string;
}

const urlCell = (images: readonly OutputImage[], urlOf: (image: OutputImage) => string): string =>
  images.map(urlOf).join(',');

/** Of each output, the place of each image column; the first has none where it replaces the input. */
const outputPlaces = (
  { header, columns, outputColumn }: InputTable,
  { output, further = [] }: OutputOptions,
): readonly (readonly Place[])[] => {
  const images = new Set(columns.images);
  // The first of several columns with one name.
  const existing = new Map(
    header.flatMap((name, index) => (images.has(index) ? [] : [[bareName(name), index] as const])).toReversed(),
  );
  const unique = createUniqueNames(bareName);
  let width = header.length;
  const placesOf = (suffix: string): Place[] =>
    columns.images.map((image) => {
      const name = unique(`${outputColumn ?? outputName(header[image] ?? '')}${suffix}`);
      const index = existing.get(bareName(name));
      if (index !== undefined) return { index, name: header[index] ?? name };
      width += 1;
      return { index: width - 1, name };
    });
  return [output === 'add' ? placesOf('') : [], ...further.map((name) => placesOf(` (${name})`))];
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
