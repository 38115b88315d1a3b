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
      const byColumn = columns.images.map((): OutputImage[] => []);
      for (const image of images) byColumn[image.column]?.push(image);
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
  const places: Place[] = [];
  const bare = header.map(bareName);
  const taken = new Set<string>();
  for (const index of columns.images) {
    const base = outputColumn ?? outputName(header[index] ?? '');
    let name = base;
    for (let number = 2; taken.has(bareName(name)); number += 1) name = `${base} (${number})`;
    taken.add(bareName(name));
    const existing = bare.findIndex((each, at) => each === bareName(name) && !columns.images.includes(at));
    const added = header.length + places.filter((place) => place.index >= header.length).length;
    places.push(existing >= 0 ? { index: existing, name: header[existing] ?? name } : { index: added, name });
  }
  return places;
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
