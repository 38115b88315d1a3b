import { columnLetters, escapeText } from './cell-text.ts';

/** An entry of the ZIP archive that a workbook is; to be written in order. */
export interface WorkbookEntry {
  readonly name: string;
  readonly modified: Date;
  readonly deflate: true;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface WorkbookWriting {
  readonly sheetName: string;
  readonly modified: Date;
  /** Rows per sheet, from 1; by default what Excel can open. */
  readonly maxRows?: number;
}

const MAX_ROWS = 1_048_576;
/** A sheet is continued on another one before it reaches 4 GiB, beyond which Excel refuses a streamed ZIP entry. */
const MAX_SHEET_CHARACTERS = 1024 ** 3;
const SLICE_CHARACTERS = 64 * 1024;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const CONTENT_TYPES =
  `<Types xmlns="${PACKAGE}/content-types">` +
  // Sheets are written before it is known how many there are.
  `<Default Extension="xml" ContentType="${SPREADSHEET}.worksheet+xml"/>` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/></Types>`;

const relationships = (type: string, targets: readonly string[]): string => {
  const each = targets.map((to, at) => `<Relationship Id="rId${at + 1}" Type="${OFFICE}/${type}" Target="${to}"/>`);
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
};

/** A short number that looks in Excel as in the text: without leading zeros, and not so long that it gets an exponent. */
const isPlainNumber = (text: string): boolean =>
  text.length <= 11 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && String(Number(text)) === text;

/**
 * A cell is never a formula: it is a text, or a number if that says the same. Texts beyond the 32,767 characters that
 * Excel shows are kept whole.
 */
const cellXml = (text: string, reference: string): string => {
  if (text === '') return '';
  if (isPlainNumber(text)) return `<c r="${reference}"><v>${text}</v></c>`;
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`;
};

const rowXml = (cells: readonly string[], row: number): string =>
  `<row r="${row}">${cells.map((text, column) => cellXml(text, `${columnLetters(column)}${row}`)).join('')}</row>`;

/** Letters that a sheet's name must not have; it has at most 31. */
const sheetTitle = (name: string, number: number): string => {
  const suffix = number === 1 ? '' : ` (${number})`;
  const allowed = name.replace(/[[\]:*?/\\]/g, ' ').replace(/^'|'$/g, ' ');
  return `${allowed.slice(0, 31 - suffix.length).replace(/[\uD800-\uDBFF]$/, '')}${suffix}`;
};

/**
 * Writes rows as a workbook (ECMA-376), whose entries are to be zipped in order. Rows that do not fit on the first sheet
 * continue on further ones. Memory: a slice of 64 KiB, and one row.
 */
export async function* workbookEntries(
  rows: AsyncIterable<readonly string[]>,
  { sheetName, modified, maxRows = MAX_ROWS }: WorkbookWriting,
): AsyncGenerator<WorkbookEntry> {
  const entry = (name: string, chunks: () => AsyncIterable<Uint8Array>): WorkbookEntry => ({
    ...{ name, modified, deflate: true },
    open: async () => chunks(),
  });
  const part = (name: string, xml: string): WorkbookEntry => entry(name, () => once(DECLARATION + xml));

  yield part('[Content_Types].xml', CONTENT_TYPES);
  yield part('_rels/.rels', relationships('officeDocument', ['xl/workbook.xml']));
  const iterator = rows[Symbol.asyncIterator]();
  try {
    let sheets = 0;
    let row = await iterator.next();
    do {
      sheets += 1;
      yield entry(`xl/worksheets/sheet${sheets}.xml`, async function* () {
        let xml = `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetData>`;
        let characters = 0;
        for (let number = 1; !row.done && number <= maxRows && characters < MAX_SHEET_CHARACTERS; number += 1) {
          xml += rowXml(row.value, number);
          row = await iterator.next();
          if (xml.length < SLICE_CHARACTERS) continue;
          characters += xml.length;
          yield Buffer.from(xml);
          xml = '';
        }
        // Without it, Excel marks each number that is a text with a green corner.
        const ignored = `<ignoredErrors><ignoredError sqref="A1:XFD${MAX_ROWS}" numberStoredAsText="1"/></ignoredErrors>`;
        yield Buffer.from(`${xml}</sheetData>${ignored}</worksheet>`);
      });
    } while (!row.done);
    const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
    const titles = numbers.map((number) => {
      const title = escapeText(sheetTitle(sheetName, number)).replaceAll('"', '&quot;');
      return `<sheet name="${title}" sheetId="${number}" r:id="rId${number}"/>`;
    });
    yield part(
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${titles.join('')}</sheets></workbook>`,
    );
    const targets = numbers.map((number) => `worksheets/sheet${number}.xml`);
    yield part('xl/_rels/workbook.xml.rels', relationships('worksheet', targets));
  } finally {
    await iterator.return?.();
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
