import { type CsvError, shown } from './csv-errors.ts';

/** Positions of the three columns in the header row, from 0. */
export interface Columns {
  readonly serialNumber: number;
  readonly productName: number;
  readonly imageUrls: number;
}

interface Wanted {
  /** The name that error messages suggest. */
  readonly title: string;
  readonly names: readonly string[];
  /** Used only if no column matches `names`: many tables also have an unrelated `Name` or `No`. */
  readonly generalNames: readonly string[];
}

/** Names as normalized by {@link bareName}: lower case, no spaces or punctuation. */
const WANTED: Readonly<Record<keyof Columns, Wanted>> = {
  serialNumber: {
    title: 'S. No.',
    names: ['sno', 'snumber', 'serialnumber', 'serialno', 'serialnum', 'srno', 'srnumber', 'slno', 'slnumber'],
    generalNames: ['serial', 'sn', 'sr', 'sl', 'no', 'num', 'number'],
  },
  productName: {
    title: 'Product Name',
    names: ['productname', 'producttitle', 'nameofproduct', 'itemname'],
    generalNames: ['product', 'item', 'name', 'title'],
  },
  imageUrls: {
    title: 'Input Image Urls',
    names: [
      ...['inputimageurls', 'inputimageurl', 'imageurls', 'imageurl', 'inputurls', 'inputurl'],
      ...['inputimages', 'inputimage', 'imagelinks', 'imagelink'],
    ],
    generalNames: ['images', 'image', 'urls', 'url', 'links', 'link', 'pictures', 'photos'],
  },
};

const FIELDS = ['serialNumber', 'productName', 'imageUrls'] as const satisfies readonly (keyof Columns)[];

/** Longer than any known name; NFKC can expand one character to 18. */
const MAX_NAME_CHARACTERS = 200;

/** `S. No.`, `s_no` and `SNO` are the same name; full-width letters and a byte order mark are ignored too. */
const bareName = (name: string): string => {
  const text = name.trim();
  if (text.length > MAX_NAME_CHARACTERS) return '';
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
};

interface Match {
  readonly index: number;
  readonly name: string;
}

const matchesOf = (header: readonly string[], { names, generalNames }: Wanted): Match[] => {
  const matches = (wanted: readonly string[]): Match[] =>
    header.flatMap((name, index) => (wanted.includes(bareName(name)) ? [{ index, name }] : []));
  const exact = matches(names);
  return exact.length > 0 ? exact : matches(generalNames);
};

/** Number of the three columns found in the header row, 0 to 3. */
export const countKnownColumns = (header: readonly string[]): number =>
  FIELDS.filter((field) => matchesOf(header, WANTED[field]).length > 0).length;

/**
 * Finds the three columns in the header row, ignoring case, spaces and punctuation.
 * @param line the header row's line number, for error messages
 * @returns the positions, or null with one error for each missing or duplicate column
 */
export const findColumns = (
  header: readonly string[],
  line = 1,
): { readonly columns: Columns | null; readonly errors: readonly CsvError[] } => {
  const columns = { serialNumber: 0, productName: 0, imageUrls: 0 };
  const errors: CsvError[] = [];
  for (const field of FIELDS) {
    const { title } = WANTED[field];
    const matches = matchesOf(header, WANTED[field]);
    const [first] = matches;
    if (first === undefined) {
      errors.push({ line, column: title, code: 'csv_missing_column', message: missing(header, title) });
    } else if (matches.length > 1) {
      const names = matches.slice(0, NAMES_SHOWN).map(({ index, name }) => `${shown(name)} (column ${index + 1})`);
      if (matches.length > NAMES_SHOWN) names.push(`${matches.length - NAMES_SHOWN} more`);
      const message = `${names.join(' and ')} ${names.length > 2 ? 'all' : 'both'} mean ${shown(title)}. Keep one, and rename or remove the other${names.length > 2 ? 's' : ''}.`;
      errors.push({ line, column: title, code: 'csv_duplicate_column', message });
    } else {
      columns[field] = first.index;
    }
  }
  return { columns: errors.length === 0 ? columns : null, errors };
};

const NAMES_SHOWN = 10;

const missing = (header: readonly string[], title: string): string => {
  if (header.some((cell) => /^\s*https?:\/\//i.test(cell))) {
    return `The header row is missing: the first row already contains a URL. Add "S. No.,Product Name,Input Image Urls" above it.`;
  }
  const more = header.length > NAMES_SHOWN ? ` and ${header.length - NAMES_SHOWN} more` : '';
  const found = `${header.slice(0, NAMES_SHOWN).map(shown).join(', ')}${more}`;
  return `No column is named ${shown(title)}; the header row has ${found}. Rename one of the columns to ${shown(title)}.`;
};
