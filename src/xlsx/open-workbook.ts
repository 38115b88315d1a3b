import { type ColumnChoice, findColumns } from '../csv/columns.ts';
import { type CsvError, shown } from '../csv/csv-errors.ts';
import { findHeader, LAYOUT_ROWS } from '../csv/layout.ts';
import {
  type CsvLimits,
  type CsvRecord,
  failedTable,
  type Table,
  type TableFormat,
  type TableNote,
  tableItems,
} from '../csv/table.ts';
import { hasUrl } from '../csv/urls.ts';
import { type Archive, openArchive } from './archive.ts';
import { type Hyperlinks, readHyperlinks } from './hyperlinks.ts';
import { NO_FORMATS, readNumberFormats } from './number-formats.ts';
import { NO_STRINGS, readSharedStrings } from './shared-strings.ts';
import { readSheet, type SheetContext } from './sheet.ts';
import { WorkbookError } from './workbook-error.ts';
import { readWorkbookParts, type SheetPart } from './workbook-parts.ts';

export interface WorkbookOptions {
  /** Name of the sheet; by default the first visible one with URLs, or else the first visible one. */
  readonly sheet?: string | undefined;
  readonly choice?: ColumnChoice;
}

/** Sheets that are searched for URLs; each may need a pass over its links. */
const MAX_SEARCHED = 50;
const MAX_NAMES_SHOWN = 20;

/**
 * Opens a workbook (.xlsx or .xlsm, ECMA-376) as a table. Nothing in it is run or fetched: formulas count with their
 * last value, macros, connections and external references are not read. In the image columns, the target of a link
 * counts if the cell's own text is not a URL. Memory: the shared strings, 128 MiB at most, the links and one row.
 * @param path the file; it must stay there while the table is read
 * @throws only errors of the file system; an invalid workbook is reported by the table
 */
export const openWorkbook = async (path: string, limits: CsvLimits, options: WorkbookOptions = {}): Promise<Table> => {
  try {
    const archive = await openArchive(path);
    try {
      return await openTable(archive, path, limits, options);
    } finally {
      archive.close();
    }
  } catch (error) {
    if (error instanceof WorkbookError) return failedTable(error.toCsvError(), 'xlsx');
    throw error;
  }
};

interface ChosenSheet {
  readonly sheet: SheetPart;
  readonly context: SheetContext;
  /** The first rows that are not blank. */
  readonly rows: readonly (readonly string[])[];
  /** Names of all sheets. */
  readonly names: readonly string[];
}

const openTable = async (
  archive: Archive,
  path: string,
  limits: CsvLimits,
  { sheet: name, choice = {} }: WorkbookOptions,
): Promise<Table> => {
  const { sheet, context, rows, names } = await chooseSheet(archive, name, limits);
  const headerIndex = findHeader(rows);
  const sample = rows.slice(headerIndex + 1);
  const { columns } = findColumns(rows[headerIndex] ?? [], sample, choice);
  const format: TableFormat = {
    ...{ delimiter: ',', separatorLine: false, headerIndex, sample, choice },
    ...{ encoding: null, bom: false, sheet: sheet.name, notes: notesOf(context.links) },
  };
  // Only there: a product's name that links to its page is still its name.
  const linkColumns = new Set(columns?.images);
  return {
    kind: 'xlsx',
    sheets: names,
    items: () => {
      const findings = { errors: [] as CsvError[], stopped: false };
      const records = readRecords(path, sheet.part, { ...context, linkColumns }, limits, findings);
      return tableItems(records, format, limits, findings);
    },
  };
};

const notesOf = ({ unread }: Hyperlinks): TableNote[] => {
  if (unread === 0) return [];
  const message =
    'The sheet has too many links to read them all. Where a URL is missing, write it into the cell as text.';
  return [{ code: 'links_not_read', count: unread, line: 1, message }];
};

/** Opens the file anew for each pass, so that a table which is never read has no open file. */
async function* readRecords(
  path: string,
  part: string,
  context: SheetContext,
  limits: CsvLimits,
  findings: { readonly errors: CsvError[]; stopped: boolean },
): AsyncGenerator<CsvRecord> {
  try {
    const archive = await openArchive(path);
    try {
      yield* readSheet(archive.read(part), context, limits);
    } finally {
      archive.close();
    }
  } catch (error) {
    if (!(error instanceof WorkbookError)) throw error;
    findings.errors.push(error.toCsvError());
    findings.stopped = true;
  }
}

const chooseSheet = async (archive: Archive, name: string | undefined, limits: CsvLimits): Promise<ChosenSheet> => {
  const { sheets, sharedStrings, styles, from1904 } = await readWorkbookParts(archive);
  const candidates = name === undefined ? visible(sheets) : [sheetNamed(sheets, name)];
  const strings =
    sharedStrings === null
      ? NO_STRINGS
      : await readSharedStrings(archive.read(sharedStrings), archive.size(sharedStrings));
  const formats = styles === null ? NO_FORMATS : await readNumberFormats(archive, styles, from1904);
  let first: ChosenSheet | null = null;
  for (const sheet of withOwnPart(candidates).slice(0, MAX_SEARCHED)) {
    const links = await readHyperlinks(archive, sheet.part);
    const context: SheetContext = { strings, formats, links, linkColumns: null };
    const rows: string[][] = [];
    for await (const { cells } of readSheet(archive.read(sheet.part), context, limits)) {
      rows.push(cells);
      if (rows.length === LAYOUT_ROWS) break;
    }
    const chosen = { sheet, context, rows, names: sheets.map((each) => each.name) };
    if (rows.some((cells) => cells.some(hasUrl))) return chosen;
    first ??= chosen;
  }
  return first as ChosenSheet;
};

/** Several names for one part would be searched as often, each time in full. */
const withOwnPart = (sheets: readonly SheetPart[]): readonly SheetPart[] =>
  [...new Map(sheets.toReversed().map((sheet) => [sheet.part, sheet])).values()].toReversed();

/** A workbook whose sheets are all hidden is read all the same. */
const visible = (sheets: readonly SheetPart[]): readonly SheetPart[] => {
  const shownSheets = sheets.filter(({ hidden }) => !hidden);
  return shownSheets.length > 0 ? shownSheets : sheets;
};

const sheetNamed = (sheets: readonly SheetPart[], name: string): SheetPart => {
  const bare = (text: string): string => text.trim().toLowerCase();
  const sheet = sheets.find((each) => each.name === name) ?? sheets.find((each) => bare(each.name) === bare(name));
  if (sheet !== undefined) return sheet;
  const names = sheets.slice(0, MAX_NAMES_SHOWN).map((each) => shown(each.name));
  const more = sheets.length > names.length ? ` and ${sheets.length - names.length} more` : '';
  const message = `No sheet is named ${shown(name)}; the workbook has ${names.join(', ')}${more}. Use one of these names.`;
  throw new WorkbookError(message);
};
