import { bareName, findProductName, findSerialNumber, isGeneralImageName, isImageName } from './column-names.ts';
import { type CsvError, shown } from './csv-errors.ts';
import { hasImageExtension, hasUrl, holdsUrls, isPlaceholder, looksLikeImageUrl } from './urls.ts';

/** Positions of the columns in the header row, from 0. */
export interface Columns {
  readonly serialNumber: number | null;
  readonly productName: number | null;
  /** In the header's order; at least one. */
  readonly images: readonly number[];
}

/** Columns chosen by the uploader, as {@link columnAt} understands them; those left out are detected. */
export interface ColumnChoice {
  readonly imageColumns?: readonly string[] | undefined;
  readonly nameColumn?: string | undefined;
  readonly serialColumn?: string | undefined;
}

/** Columns, and the sheet of a workbook. */
export interface TableChoice extends ColumnChoice {
  readonly sheet?: string | undefined;
}

export interface FoundColumns {
  /** Null if there is an error. */
  readonly columns: Columns | null;
  /** Columns with the name of an image column but without URLs in the first rows; they are left alone. */
  readonly ignored: readonly string[];
  readonly errors: readonly CsvError[];
}

const NAMES_SHOWN = 10;
/** Share of a column's filled cells that must be URLs of images, for a column without a known name. */
const MOST = 0.5;

interface ColumnContent {
  readonly filled: number;
  readonly urls: number;
  /** URLs that end like those of images. */
  readonly imageUrls: number;
  /** Those and URLs in a folder of images, where a shop of photos may have its pages too. */
  readonly likelyImageUrls: number;
}

const contentOf = (rows: readonly (readonly string[])[], index: number): ColumnContent => {
  const cells = rows.map((cells) => cells[index] ?? '').filter((cell) => !isPlaceholder(cell));
  const withUrl = cells.filter(hasUrl);
  return {
    filled: cells.length,
    urls: withUrl.length,
    imageUrls: withUrl.filter(hasImageExtension).length,
    likelyImageUrls: withUrl.filter(looksLikeImageUrl).length,
  };
};

/** A column that this service added to an output or a file of failed rows, which may be uploaded again. */
const isOutputName = (name: string): boolean => /^(?:output|errorcode$|error$|whattodo$)/.test(bareName(name));

/** Whether the row could be a header row: it names an image column. */
export const namesImages = (header: readonly string[]): boolean => header.some((name) => isImageName(name));

/** Number of columns found by name in a header row: serial number, product name and images. */
export const countKnownColumns = (header: readonly string[]): number =>
  header.filter((name) => isImageName(name)).length +
  (header.some(isGeneralImageName) ? 1 : 0) +
  (findSerialNumber(header) === null ? 0 : 1) +
  (findProductName(header) === null ? 0 : 1);

const detectImages = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
): { readonly images: readonly number[]; readonly ignored: readonly number[]; readonly unclear: readonly number[] } => {
  const content = header.map((_, index) => contentOf(rows, index));
  const at = (index: number): ColumnContent => content[index] as ColumnContent;
  const all = header.map((_, index) => index);
  const detect = (candidates: readonly number[]) => {
    const named = candidates.filter((index) => isImageName(header[index] ?? ''));
    const withUrls = named.filter((index) => rows.some((cells) => holdsUrls(cells[index] ?? '')));
    const kind = withUrls.length > 0 ? 'imageUrls' : 'likelyImageUrls';
    const byContent = candidates.filter((index) => !named.includes(index) && at(index)[kind] > MOST * at(index).filled);
    const general = candidates.filter((index) => isGeneralImageName(header[index] ?? ''));
    if (withUrls.length > 0 || byContent.length > 0) {
      // A column of file names or paths next to one of URLs says the same thing twice.
      const ignored = named.filter((index) => !withUrls.includes(index) && at(index).filled > 0);
      const images = [...named.filter((index) => !ignored.includes(index)), ...byContent].sort((a, b) => a - b);
      return { images, ignored, unclear: [] };
    }
    const generalUrls = general.filter((index) => at(index).urls > 0);
    if (generalUrls.length > 0 && named.every((index) => at(index).filled === 0)) {
      return { images: generalUrls, ignored: [], unclear: [] };
    }
    if (named.length > 0) return { images: named, ignored: [], unclear: [] };
    const anyUrls = candidates.filter((index) => at(index).urls > MOST * at(index).filled);
    if (anyUrls.length > 0) {
      return anyUrls.length === 1
        ? { images: anyUrls, ignored: [], unclear: [] }
        : { images: [], ignored: [], unclear: anyUrls };
    }
    return { images: general, ignored: [], unclear: [] };
  };
  const found = detect(all.filter((index) => !isOutputName(header[index] ?? '')));
  return found.images.length > 0 || found.unclear.length > 0 ? found : detect(all);
};

/** Chooses that the table has no column for product names or serial numbers. */
export const NO_COLUMN = 'none';

/**
 * The column that a choice means: by its exact name in the header row, then by a similar one, then by its position as in
 * `#3`, from 1, for columns whose name is blank, repeated or contains a comma. Null if there is none.
 */
export const columnAt = (header: readonly string[], name: string): number | null => {
  const exact = [header.indexOf(name), header.findIndex((each) => each.trim() === name.trim())].find((at) => at >= 0);
  if (exact !== undefined) return exact;
  const position = /^#(\d{1,6})$/.exec(name)?.[1];
  if (position !== undefined) return header[Number(position) - 1] === undefined ? null : Number(position) - 1;
  const bare = bareName(name);
  const similar = bare === '' ? -1 : header.findIndex((each) => bareName(each) === bare);
  return similar < 0 ? null : similar;
};

/**
 * Finds the columns of a table.
 * @param rows first rows below the header row, by which columns of image URLs are recognized
 * @param line the header row's line number, for error messages
 */
export const findColumns = (
  header: readonly string[],
  rows: readonly (readonly string[])[] = [],
  choice: ColumnChoice = {},
  line = 1,
): FoundColumns => {
  const errors: CsvError[] = [];
  const chosen = (field: string, name: string): number | null => {
    const index = columnAt(header, name);
    if (index !== null) return index;
    const message = `No column is named ${shown(name)} (${field}); ${headerList(header)}. Use one of these names.`;
    errors.push({ line, column: name, code: 'csv_missing_column', message });
    return null;
  };
  const optional = (field: string, name: string): number | null =>
    name.toLowerCase() === NO_COLUMN && columnAt(header, name) === null ? null : chosen(field, name);
  const serialNumber =
    choice.serialColumn === undefined ? findSerialNumber(header) : optional('serialColumn', choice.serialColumn);
  const others = header.map((name, index) => (index === serialNumber ? '' : name));
  const productName =
    choice.nameColumn === undefined ? findProductName(others) : optional('nameColumn', choice.nameColumn);
  if (choice.imageColumns !== undefined) {
    const found = choice.imageColumns.map((name) => chosen('imageColumns', name)).filter((index) => index !== null);
    const images = [...new Set(found)].sort((a, b) => a - b);
    return { columns: errors.length === 0 ? { serialNumber, productName, images } : null, ignored: [], errors };
  }
  const { images, ignored, unclear } = detectImages(header, rows);
  // A list without names would lose its first image.
  if (images.length === 0 || header.some(hasUrl))
    errors.push({ line, column: null, code: 'csv_missing_column', message: missing(header, unclear) });
  return {
    columns: errors.length === 0 ? { serialNumber, productName, images } : null,
    ignored: ignored.map((index) => header[index] ?? ''),
    errors,
  };
};

const listed = (names: readonly string[]): string => {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return `${names.slice(0, NAMES_SHOWN).map(shown).join(', ')}${more}`;
};

const headerList = (header: readonly string[]): string =>
  `the header row has ${listed(header.filter((name) => name.trim() !== ''))}`;

const missing = (header: readonly string[], unclear: readonly number[]): string => {
  if (header.some((cell) => hasUrl(cell))) {
    return 'The header row is missing: the first row already contains a URL. Add a row of column names above it, for example "S. No.,Product Name,Input Image Urls".';
  }
  if (unclear.length > 0) {
    const names = listed(unclear.map((index) => header[index] ?? ''));
    return `The columns ${names} contain URLs, but it is unclear which are of images. Choose the image columns with imageColumns.`;
  }
  return `No column has image URLs; ${headerList(header)}. Rename the one with the URLs to "Image URL", or choose it with imageColumns.`;
};
