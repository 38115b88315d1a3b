import type { CsvLimits, CsvRecord } from '../csv/table.ts';
import { hasUrl } from '../csv/urls.ts';
import { columnOf, linkOfFormula, numberText, unescapeText } from './cell-text.ts';
import type { Hyperlinks } from './hyperlinks.ts';
import type { NumberFormats } from './number-formats.ts';
import type { SharedStrings } from './shared-strings.ts';
import { damaged, WorkbookError } from './workbook-error.ts';
import { parseXml, type XmlHandler } from './xml.ts';

/** What the cells of a sheet refer to. */
export interface SheetContext {
  readonly strings: SharedStrings;
  readonly formats: NumberFormats;
  readonly links: Hyperlinks;
  /** Columns whose cells give the target of their link instead of its text; null: all. */
  readonly linkColumns: ReadonlySet<number> | null;
}

interface SheetLimits extends Pick<CsvLimits, 'maxRowBytes' | 'maxColumns'> {
  /** By default 1 GiB. */
  readonly maxTableBytes?: number;
}

const MAX_ROWS = 1_048_576;
/**
 * Bytes of all cells together: a cell can refer to a long text in a few bytes, so that a small file could have more
 * content than the database.
 */
const MAX_TABLE_BYTES = 1024 ** 3;
const MAX_FORMULA_CHARACTERS = 8_192;

/**
 * Reads the rows of a sheet that are not blank, with their numbers as lines. Cells have the text that the file has for
 * them: numbers as written, formulas with their last value.
 * @throws WorkbookError
 */
export async function* readSheet(
  chunks: AsyncIterable<Uint8Array>,
  context: SheetContext,
  limits: SheetLimits,
): AsyncGenerator<CsvRecord> {
  const { handler, take } = createSheetHandler(context, limits);
  for await (const _ of parseXml(chunks, handler)) yield* take();
}

const createSheetHandler = (context: SheetContext, limits: SheetLimits) => {
  let records: CsvRecord[] = [];
  let line = 0;
  /** The open row; null outside of rows. */
  let cells: string[] | null = null;
  let rowBytes = 0;
  let tableBytes = 0;
  const { maxTableBytes = MAX_TABLE_BYTES } = limits;

  let column = -1;
  let type = 'n';
  let style: string | undefined;
  let value = '';
  let formula = '';
  let open: 'value' | 'formula' | null = null;
  let phonetic = false;

  const openRow = (given: string | undefined): void => {
    const number = Number(given);
    line = Number.isInteger(number) && number > line && number <= MAX_ROWS ? number : line + 1;
    cells = [];
    rowBytes = 0;
    column = -1;
  };

  const openCell = (attributes: Readonly<Record<string, string>>): void => {
    const found = columnOf(attributes.r);
    column = found !== null && found > column ? found : column + 1;
    type = attributes.t ?? 'n';
    style = attributes.s;
    value = '';
    formula = '';
  };

  const cellText = (): string => {
    const text = valueText(type, value, style, context, line);
    if (context.linkColumns?.has(column) === false || hasUrl(text)) return text;
    const target = context.links.at(line, column) ?? linkOfFormula(formula);
    return target !== null && /^https?:\/\//i.test(target) ? target : text;
  };

  const closeCell = (row: string[]): void => {
    const text = cellText();
    if (text.trim() === '') return;
    if (column >= limits.maxColumns) {
      const message = `The row has more than ${limits.maxColumns} columns. Remove the columns you don't need.`;
      throw new WorkbookError(message, 'csv_too_many_columns', line);
    }
    const bytes = Buffer.byteLength(text) + column + 1 - row.length;
    rowBytes += bytes;
    tableBytes += bytes;
    assertRowBytes();
    if (tableBytes > maxTableBytes) {
      const message = `The cells down to this row have more than ${maxTableBytes / 1024 ** 2} MiB. Split the table into several files.`;
      throw new WorkbookError(message, 'csv_spreadsheet', line);
    }
    while (row.length < column) row.push('');
    row.push(text);
  };

  const assertRowBytes = (more = 0): void => {
    if (rowBytes + more <= limits.maxRowBytes) return;
    const message = `The row is longer than ${limits.maxRowBytes} bytes. Shorten it, or split its URLs over several rows.`;
    throw new WorkbookError(message, 'csv_row_too_long', line);
  };

  const handler: XmlHandler = {
    open: (name, attributes) => {
      if (name === 'row') openRow(attributes.r);
      else if (cells === null) return;
      else if (name === 'c') openCell(attributes);
      else if (name === 'v') open = 'value';
      else if (name === 't') open = phonetic ? null : 'value';
      else if (name === 'f') open = 'formula';
      else if (name === 'rPh') phonetic = true;
    },
    text: (text) => {
      if (open === 'value') {
        assertRowBytes(value.length + text.length);
        value += text;
      } else if (open === 'formula' && formula.length < MAX_FORMULA_CHARACTERS) {
        formula += text.slice(0, MAX_FORMULA_CHARACTERS);
      }
    },
    close: (name) => {
      if (cells === null) return;
      if (name === 'v' || name === 't' || name === 'f') open = null;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'c') closeCell(cells);
      else if (name === 'row') {
        if (cells.length > 0) records.push({ line, cells });
        cells = null;
      }
    },
  };
  const take = (): CsvRecord[] => {
    const taken = records;
    records = [];
    return taken;
  };
  return { handler, take };
};

/** The types of ST_CellType. */
const valueText = (
  type: string,
  value: string,
  style: string | undefined,
  { strings, formats }: SheetContext,
  line: number,
): string => {
  if (type === 's') {
    if (value === '') return '';
    if (!/^\s*\d{1,9}\s*$/.test(value)) throw damaged(`row ${line} refers to the text "${value.slice(0, 20)}"`);
    return strings(Number(value));
  }
  if (type === 'b') return value === '1' ? 'TRUE' : value === '0' ? 'FALSE' : value;
  if (type === 'n') return formats(style, value) ?? numberText(value);
  return unescapeText(value);
};
