import { strToU8, zipSync } from 'fflate';
import { describeCompoundFile } from '../../src/xlsx/compound-file.ts';
import { NO_LINKS } from '../../src/xlsx/hyperlinks.ts';
import { NO_FORMATS } from '../../src/xlsx/number-formats.ts';
import { readSheet } from '../../src/xlsx/sheet.ts';
import { handMade, LIMITS, read, textRows, withFile } from './workbooks.ts';

const U = 'https://a.test/1.jpg';
const GOOD = `<sheetData>${textRows([
  ['Name', 'Image'],
  ['Mug', U],
])}</sheetData>`;
const errorsOf = async (bytes: Uint8Array, limits = LIMITS) => (await read(bytes, {}, limits)).errors;
const row = (cell: string) => `<sheetData>${textRows([['Name', 'Image']])}<row>${cell}</row></sheetData>`;

test('a bomb of a few kB ends before it is unpacked, with an error that names the part', async () => {
  const zeros = new Uint8Array(17 * 1024 * 1024).fill(32);
  for (const part of ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/workbook.xml', 'xl/styles.xml']) {
    const bytes = handMade({ sheets: { A: GOOD }, strings: '', styles: '', more: { [part]: [zeros, { level: 9 }] } });
    expect(bytes.length).toBeLessThan(25_000);
    expect(await errorsOf(bytes)).toEqual([
      expect.objectContaining({
        code: 'csv_spreadsheet',
        message: expect.stringContaining(`${part} has 17825792 bytes`),
      }),
    ]);
  }
});

test('a part that unpacks to more than its directory says ends there', async () => {
  const bytes = handMade({ sheets: { A: `${GOOD}${' '.repeat(100_000)}` } });
  const buffer = Buffer.from(bytes);
  // The size in the central directory, which is what is checked.
  const name = buffer.lastIndexOf('xl/worksheets/sheet1.xml');
  buffer.writeUInt32LE(500, name - 46 + 24);
  expect(await errorsOf(buffer)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('too many bytes in the stream') }),
  ]);
});

test('a part with the wrong bytes is noticed by its checksum', async () => {
  const bytes = Buffer.from(
    handMade({
      sheets: { A: '' },
      more: { 'xl/worksheets/sheet1.xml': [strToU8(`<worksheet>${GOOD}</worksheet>`), { level: 0 }] },
    }),
  );
  bytes.write('Jug', bytes.indexOf('Mug'));
  expect(await errorsOf(bytes)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('checksum of its part xl/worksheets/sheet1.xml') }),
  ]);
});

test('a sheet that repeats one long text is read up to the bound of the table', async () => {
  const sheet = `<worksheet><sheetData>${'<row><c t="s"><v>0</v></c></row>'.repeat(2_000)}</sheetData></worksheet>`;
  const context = { strings: () => 'x'.repeat(100_000), formats: NO_FORMATS, links: NO_LINKS, linkColumns: null };
  const chunks = (async function* () {
    yield Buffer.from(sheet);
  })();
  const drain = async () => {
    for await (const _ of readSheet(chunks, context, { ...LIMITS, maxTableBytes: 1024 ** 2 }));
  };
  await expect(drain()).rejects.toMatchObject({
    code: 'csv_spreadsheet',
    line: 11,
    message: expect.stringContaining('more than 1 MiB'),
  });
});

test.each([
  ['far right', '<c r="XFD2" t="str"><v>x</v></c>', 'csv_too_many_columns'],
  ['too long', `<c t="str"><v>${'x'.repeat(2_000_000)}</v></c>`, 'csv_row_too_long'],
])('a cell that is %s is an error of its row', async (_, cell, code) => {
  expect(await errorsOf(handMade({ sheets: { A: row(cell) } }))).toEqual([expect.objectContaining({ line: 2, code })]);
});

test('more rows than allowed are an error, and reading stops there', async () => {
  const rows = Array.from({ length: 50 }, () => ['Mug', U]);
  const bytes = handMade({ sheets: { A: `<sheetData>${textRows([['Name', 'Image'], ...rows])}</sheetData>` } });
  expect(await errorsOf(bytes, { ...LIMITS, maxRows: 10 })).toEqual([
    expect.objectContaining({ line: 12, code: 'csv_too_many_rows' }),
  ]);
});

test.each([
  ['a document type', '<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet/>', 'document type declaration'],
  ['an entity', `<worksheet><sheetData>&lol;</sheetData></worksheet>`, 'not valid XML'],
  ['elements that never end', `<worksheet>${'<a>'.repeat(200)}`, 'nested too deeply'],
  [
    'very many attributes',
    `<worksheet><row ${Array.from({ length: 2_000 }, (_, at) => `a${at}=""`).join(' ')}/></worksheet>`,
    'too many attributes',
  ],
  ['a very long name', `<worksheet><${'a'.repeat(300_000)}/></worksheet>`, 'not valid XML'],
  ['an end in the middle', '<worksheet><sheetData><row>', 'not valid XML'],
  ['nothing', '', 'a part is empty'],
  ['a text that does not exist', `<worksheet>${row('<c t="s"><v>7</v></c>')}</worksheet>`, 'refers to the text'],
  ['a text that is no number', `<worksheet>${row('<c t="s"><v>-1</v></c>')}</worksheet>`, 'refers to the text'],
])('a sheet with %s is damaged', async (_, xml, message) => {
  const bytes = handMade({ sheets: { A: '' }, more: { 'xl/worksheets/sheet1.xml': strToU8(xml) } });
  expect(await errorsOf(bytes)).toEqual([
    expect.objectContaining({ code: 'csv_spreadsheet', message: expect.stringContaining(message) }),
  ]);
});

test('bytes that are not UTF-8 are an error', async () => {
  const more = { 'xl/worksheets/sheet1.xml': new Uint8Array([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]) };
  expect(await errorsOf(handMade({ sheets: { A: '' }, more }))).toEqual([
    expect.objectContaining({ message: expect.stringContaining('not encoded in UTF-8') }),
  ]);
});

test('names that lead out of the archive, links to it and files that it names are never opened', async () => {
  const evil = handMade({ sheets: { A: GOOD }, more: { '../../etc/passwd': strToU8('x') } });
  expect(await errorsOf(evil)).toEqual([expect.objectContaining({ code: 'csv_spreadsheet' })]);
  const target = Buffer.from(handMade({ sheets: { A: GOOD } }));
  const elsewhere = handMade({
    sheets: { A: GOOD },
    more: {
      'xl/_rels/workbook.xml.rels': strToU8(
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="../../../../etc/passwd"/></Relationships>',
      ),
    },
  });
  expect(await errorsOf(elsewhere)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('its part etc/passwd is missing') }),
  ]);
  expect(await errorsOf(target)).toEqual([]);
});

test.each([
  ['OpenDocument', { mimetype: strToU8('x'), 'content.xml': strToU8('<a/>') }, '.ods'],
  [
    'a document',
    { '[Content_Types].xml': strToU8('<a/>'), 'word/document.xml': strToU8('<a/>') },
    'not an Excel workbook',
  ],
  ['pictures', { '1.jpg': strToU8('x') }, 'not an Excel workbook'],
  ['Numbers', { 'Index/Document.iwa': strToU8('x') }, 'Apple Numbers'],
  [
    'a binary workbook',
    {
      '_rels/.rels': strToU8(
        '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
      ),
    },
    '.xlsb',
  ],
])('a ZIP file with %s says what to do', async (_, parts, message) => {
  expect(await errorsOf(zipSync(parts))).toEqual([
    expect.objectContaining({ line: 1, code: 'csv_spreadsheet', message: expect.stringContaining(message) }),
  ]);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['not a ZIP file', () => Buffer.from('PK\x03\x04 and more')],
])('a file that is %s is damaged', async (_, change) => {
  const bytes = change(Buffer.from(handMade({ sheets: { A: GOOD } })));
  expect(await errorsOf(bytes)).toEqual([
    expect.objectContaining({ code: 'csv_spreadsheet', message: expect.stringContaining('damaged') }),
  ]);
});

test('every damaged byte gives errors or rows, and never throws or leaves the file open', async () => {
  const good = handMade({ sheets: { A: GOOD }, strings: '<si><t>x</t></si>', links: ['https://a.test/'] });
  for (let at = 0; at < good.length; at += 11) {
    const bytes = Buffer.from(good);
    bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    await expect(read(bytes)).resolves.toBeDefined();
  }
});

describe('a compound file', () => {
  const compound = (name: string): Buffer => {
    const bytes = Buffer.alloc(2_048);
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).copy(bytes);
    bytes.writeUInt16LE(9, 30);
    bytes.writeUInt32LE(1, 48);
    bytes.write(name, 1_024 + 128, 'utf16le');
    return bytes;
  };

  test.each([
    ['EncryptedPackage', 'protected by a password'],
    ['Workbook', '.xls'],
    ['WordDocument', 'not a table'],
  ])('with %s says what to do', async (name, message) => {
    expect(await withFile(compound(name), describeCompoundFile)).toContain(message);
  });

  test('that is cut off is described too', async () => {
    expect(await withFile(compound('Workbook').subarray(0, 600), describeCompoundFile)).toContain('not a table');
  });
});

test('links over the same cells again and again are counted each time', async () => {
  const links = '<hyperlink ref="D1:D199999" r:id="rId1"/>'.repeat(100_000);
  const bytes = handMade({ sheets: { A: `${GOOD}<hyperlinks>${links}</hyperlinks>` }, links: [U] });
  const { cells, errors, notes } = await read(bytes);
  expect([cells, errors]).toEqual([[['Mug', U]], []]);
  expect(notes).toEqual([expect.objectContaining({ code: 'links_not_read', count: 99_999 })]);
});

test('a row wider than its header row is refused without talk of quotes', async () => {
  const rows = [
    ['Name', 'Image', 'Note'],
    ...Array.from({ length: 300 }, () => ['Mug', U, '']),
    ['Mug', U, '', '', '7'],
  ];
  const bytes = handMade({ sheets: { A: `<sheetData>${textRows(rows)}</sheetData>` } });
  expect(await errorsOf(bytes)).toEqual([
    expect.objectContaining({ line: 302, message: expect.stringContaining('Give every column with values a name') }),
  ]);
});
