import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import { openWorkbook } from '../../src/xlsx/open-workbook.ts';
import { handMade, LIMITS, read, readTable, textRows, withFile } from './workbooks.ts';

const HEADER = ['SKU', 'Name', 'Image URL'];
const U = 'https://a.test/';

const written = (data: SheetData, sheet = 'Sheet1'): Promise<Buffer> => writeExcelFile(data, { sheet }).toBuffer();

test('a workbook written by another library is read with its types, in every pass', async () => {
  const rows = [
    ['SKU', 'Name', 'Price', 'Active', 'Image URL'],
    ['A-1', 'Tasse grün & "blau"', 12.5, true, `${U}1.jpg`],
    [4006381333931, null, 0.1 + 0.2, false, `${U}2.jpg, ${U}3.jpg`],
  ];
  await withFile(await written(rows, 'Products'), async (path) => {
    const table = await openWorkbook(path, LIMITS);
    expect(table.kind).toBe('xlsx');
    const first = await readTable(table);
    expect(first).toMatchObject({ sheet: 'Products', header: rows[0], lines: [2, 3], errors: [] });
    expect(first.cells).toEqual([
      ['A-1', 'Tasse grün & "blau"', '12.5', 'TRUE', `${U}1.jpg`],
      ['4006381333931', '', '0.3', 'FALSE', `${U}2.jpg, ${U}3.jpg`],
    ]);
    expect(first.urls).toEqual([[`${U}1.jpg`], [`${U}2.jpg`, `${U}3.jpg`]]);
    expect(await readTable(table)).toEqual(first);
  });
});

test('dates are ISO 8601, and numbers with leading zeros keep them', async () => {
  const date = new Date('2024-02-29T13:45:00Z');
  const workbook = await written([
    ['Day', 'Moment', 'Image URL'],
    [
      { value: new Date('2024-02-29T00:00:00Z'), type: Date, format: 'dd.mm.yyyy' },
      { value: date, type: Date, format: 'yyyy-mm-dd hh:mm' },
      `${U}1.jpg`,
    ],
    [{ value: 42, type: Number, format: '00000' }, { value: 1234.5, type: Number, format: '#,##0.00' }, `${U}2.jpg`],
  ]);
  expect((await read(workbook)).cells).toEqual([
    ['2024-02-29', '2024-02-29 13:45:00', `${U}1.jpg`],
    ['00042', '1234.5', `${U}2.jpg`],
  ]);
});

test('dates count from 1904 if the workbook says so', async () => {
  const sheet = `<sheetData>${textRows([['Day', 'Image']])}<row><c s="1"><v>0</v></c><c t="inlineStr"><is><t>${U}1</t></is></c></row></sheetData>`;
  const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
  const cells = async (workbookPr: string) =>
    (await read(handMade({ sheets: { A: sheet }, styles, workbookPr }))).cells;
  expect(await cells('<workbookPr date1904="1"/>')).toEqual([['1904-01-01', `${U}1`]]);
  expect(await cells('')).toEqual([['1899-12-31', `${U}1`]]);
});

test('cells keep their columns and rows their numbers; blank rows and rows without numbers are understood', async () => {
  const sheet = `<sheetData>
    <row r="2"><c r="B2" t="str"><v>Name</v></c><c r="D2" t="inlineStr"><is><t>Image</t></is></c></row>
    <row r="3"/><row r="4"><c r="B4" s="1"/></row>
    <row r="7"><c r="D7" t="str"><v>${U}7</v></c></row>
    <row><c/><c t="d"><v>2024-01-02</v></c><c t="e"><v>#N/A</v></c><c t="str"><v>${U}8</v></c></row>
  </sheetData>`;
  const { cells, lines, errors } = await read(handMade({ sheets: { A: sheet } }));
  expect(errors).toEqual([]);
  expect(lines).toEqual([7, 8]);
  expect(cells).toEqual([
    ['', '', '', `${U}7`],
    ['', '2024-01-02', '#N/A', `${U}8`],
  ]);
});

test('runs of formatted texts are joined, phonetic ones left out, escaped characters decoded', async () => {
  const strings = `<si><t>Name</t></si><si><t>Image</t></si>
    <si><r><t>Be</t></r><r><rPr><b/></rPr><t xml:space="preserve">cher </t></r><rPh sb="0" eb="1"><t>ベ</t></rPh></si>
    <si><t>${U}1</t></si><si><t>a_x000D_b_x005F_x0041_&amp;&#xe9;</t></si>`;
  const row = (...indexes: number[]) => `<row>${indexes.map((at) => `<c t="s"><v>${at}</v></c>`).join('')}</row>`;
  const { cells } = await read(
    handMade({ sheets: { A: `<sheetData>${row(0, 1)}${row(2, 3)}${row(4, 3)}</sheetData>` }, strings }),
  );
  expect(cells).toEqual([
    ['Becher ', `${U}1`],
    ['a\rb_x0041_&é', `${U}1`],
  ]);
});

test('prefixed elements, UTF-16 parts and names in another case are read', async () => {
  const prefixed = `<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="str"><x:v>Image</x:v></x:c></x:row><x:row><x:c t="str"><x:v>${U}ü</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
  const bytes = Buffer.from(`\uFEFF${prefixed}`, 'utf16le');
  const more = { 'XL/Worksheets/Sheet1.XML': new Uint8Array(bytes) };
  const workbook = handMade({ sheets: { A: '' }, more });
  const lower = handMade({ sheets: { A: '' }, more: { 'xl/worksheets/sheet1.xml': new Uint8Array(bytes) } });
  expect((await read(lower)).cells).toEqual([[`${U}ü`]]);
  // The first of two parts with the same name counts.
  expect((await read(workbook)).cells).toEqual([]);
});

test('in image columns, a link or a HYPERLINK or IMAGE formula gives its target; elsewhere the text stays', async () => {
  const cell = (ref: string, text: string, formula = '') =>
    `<c r="${ref}" t="str">${formula === '' ? '' : `<f>${formula}</f>`}<v>${text}</v></c>`;
  const row = (n: number, name: string, ...rest: readonly [string, string?]) =>
    `<row r="${n}">${cell(`A${n}`, name)}${cell(`B${n}`, ...rest)}</row>`;
  const sheet = `<sheetData>${row(1, 'Name', 'Image')}${row(2, 'Mug', 'Photo')}${row(3, 'Pot', `${U}own`)}
    ${row(4, 'Cup', 'Photo', `HYPERLINK("${U}f?a=1&amp;b=2","Photo")`)}${row(5, 'Jar', '#VALUE!', `_xlfn.IMAGE("${U}i")`)}
    ${row(6, 'Lid', `${U}cached`, 'A1&amp;B2')}${row(7, 'Top', 'mail')}</sheetData>
    <hyperlinks><hyperlink ref="A2" r:id="rId1"/><hyperlink ref="B2:B3" r:id="rId2"/><hyperlink ref="B7" r:id="rId3"/></hyperlinks>`;
  const links = [`${U}page`, `${U}photo?x=1&amp;y=2`, 'mailto:a@a.test'];
  const { cells } = await read(handMade({ sheets: { A: sheet }, links }));
  expect(cells).toEqual([
    ['Mug', `${U}photo?x=1&y=2`],
    ['Pot', `${U}own`],
    ['Cup', `${U}f?a=1&b=2`],
    ['Jar', `${U}i`],
    ['Lid', `${U}cached`],
    ['Top', 'mail'],
  ]);
});

test('a merged title above the header row is the preamble', async () => {
  const rows = [['Catalogue 2026', '', ''], HEADER, ['1', 'Mug', `${U}1`]];
  const sheet = `<sheetData>${textRows(rows)}</sheetData><mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>`;
  const { preamble, header, lines } = await read(handMade({ sheets: { A: sheet } }));
  expect({ preamble, header, lines }).toEqual({ preamble: [['Catalogue 2026']], header: HEADER, lines: [3] });
});

describe('the sheet', () => {
  const withUrls = (name: string) => `<sheetData>${textRows([HEADER, ['1', name, `${U}${name}`]])}</sheetData>`;
  const notes = `<sheetData>${textRows([['Read me first'], ['Nothing here']])}</sheetData>`;
  const workbook = handMade({
    sheets: {
      Notes: notes,
      '[Old]': withUrls('old'),
      'Spring &amp; Summer': withUrls('spring'),
      Autumn: withUrls('autumn'),
    },
  });

  test('is the first visible one with URLs', async () => {
    expect(await read(workbook)).toMatchObject({ sheet: 'Spring & Summer', urls: [[`${U}spring`]] });
  });

  test.each([
    ['Autumn', 'autumn'],
    ['  autumn', 'autumn'],
    ['Old', 'old'],
  ])('is the chosen one, %s', async (sheet, name) => {
    expect((await read(workbook, { sheet })).urls).toEqual([[`${U}${name}`]]);
  });

  test('that does not exist is an error with the names of all', async () => {
    const { errors } = await read(workbook, { sheet: 'Winter' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toBe(
      'No sheet is named "Winter"; the workbook has "Notes", "Old", "Spring & Summer", "Autumn". Use one of these names.',
    );
  });

  test('without URLs gets the errors of a table', async () => {
    const { errors } = await read(handMade({ sheets: { Notes: notes } }));
    expect(errors.map(({ code }) => code)).toEqual(['csv_missing_column']);
  });
});

test('columns are chosen as in a CSV', async () => {
  const rows = [
    ['Id', 'A', 'B'],
    ['1', `${U}1.jpg`, `${U}2.jpg`],
  ];
  const bytes = handMade({ sheets: { A: `<sheetData>${textRows(rows)}</sheetData>` } });
  expect((await read(bytes)).urls).toEqual([[`${U}1.jpg`, `${U}2.jpg`]]);
  expect((await read(bytes, { choice: { imageColumns: ['B'] } })).urls).toEqual([[`${U}2.jpg`]]);
});
