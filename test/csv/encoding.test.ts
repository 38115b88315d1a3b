import { inspect, rowsOf } from './sources.ts';

const URL_1 = 'https://a.test/1.jpg';
const CONTENT = `S. No.\tName\tImages\r\n1\tTür für Öl €\t${URL_1}\r\n`;
const WINDOWS_1252 = Buffer.from(CONTENT.replace('€', '\u0080'), 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(CONTENT), 'utf-8', false],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${CONTENT}`), 'utf-8', true],
  ['UTF-16LE with a byte order mark', utf16(`\uFEFF${CONTENT}`), 'utf-16le', true],
  ['UTF-16BE with a byte order mark', utf16(`\uFEFF${CONTENT}`).swap16(), 'utf-16be', true],
  ['UTF-16LE without', utf16(CONTENT), 'utf-16le', false],
  ['UTF-16BE without', utf16(CONTENT).swap16(), 'utf-16be', false],
  ['Windows-1252', WINDOWS_1252, 'windows-1252', false],
])('%s is detected and read, in chunks of any size', async (_, bytes, encoding, bom) => {
  for (const chunkBytes of [1, 7, 65_536]) {
    const { dialect, errorCount } = await inspect(bytes, { chunkBytes });
    expect({ ...dialect, errorCount }).toMatchObject({ encoding, bom, delimiter: '\t', errorCount: 0 });
    expect((await rowsOf(bytes, chunkBytes)).map(({ productName }) => productName)).toEqual(['Tür für Öl €']);
  }
});

test('one broken byte in text that is UTF-8 is an error at its line, not another encoding', async () => {
  const bytes = Buffer.concat([Buffer.from(`Name,Images\näöü,${URL_1}\n`), Buffer.from(`\u00e4,${URL_1}\n`, 'latin1')]);
  const { errors } = await inspect(bytes);
  expect(errors).toMatchObject([{ line: 3, code: 'csv_invalid_encoding' }]);
});

test('bytes that Windows-1252 does not define are an error', async () => {
  const bytes = Buffer.concat([Buffer.from('Name,Images\n'), Buffer.from([0x81]), Buffer.from(`,${URL_1}\n`)]);
  expect((await inspect(bytes)).errors).toMatchObject([{ line: 2, code: 'csv_invalid_encoding' }]);
});

test('UTF-16 that breaks off within a character is an error', async () => {
  const bytes = Buffer.concat([utf16(`\uFEFF${CONTENT}`), Buffer.from([0x41])]);
  expect((await inspect(bytes)).errors).toMatchObject([{ code: 'csv_invalid_encoding' }]);
});

test('text after a Ctrl-Z is ignored, but not within quotes', async () => {
  expect(await rowsOf(`Name,Images\na,${URL_1}\n\x1a\0\0rubbish "`)).toHaveLength(1);
  expect(await rowsOf(`Name,Images\na,${URL_1}\x1a`)).toHaveLength(1);
  expect((await rowsOf(`Name,Images\n"a\x1ab",${URL_1}\n`)).map(({ productName }) => productName)).toEqual(['a\x1ab']);
});
