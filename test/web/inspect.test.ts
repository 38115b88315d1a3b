import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { inspectFile } from '../../src/web/csv/inspect.ts';
import { HEADER, inspect, LIMITS } from '../csv/sources.ts';

const both = async (content: string | Buffer, onInvalidRow: 'reject' | 'skip' = 'reject') => {
  const { firstRows, ...preview } = await inspectFile(new Blob([content]), LIMITS, onInvalidRow);
  return { preview, firstRows, server: await inspect(content, { onInvalidRow }) };
};

test('the sample is parsed as on the server, and its first rows are returned', async () => {
  const { preview, firstRows, server } = await both(readFileSync('samples/products.csv'));
  expect(preview).toEqual(server);
  expect(preview).toMatchObject({ rows: 6, urls: 9, errors: [] });
  expect(firstRows.map(({ productName }) => productName)[0]).toBe('Stoneware Mug "Lagoon", 350 ml');
});

test.each([
  ['nothing', ''],
  ['blank lines', '\n\n'],
  ['no header row', '1,Mug,https://a.example/1.jpg\n'],
  ['no image column', 'S. No.,Name\n1,Mug\n'],
  ['several image columns, title lines and repairs', `Stock\nName,Image 1,Image 2\nA,“https://a.example/1.jpg”,N/A\n`],
  ['bad and missing URLs', `${HEADER}1,A,ftp://x/a.jpg\n2,B,\n3,C,https://a.example/ok.jpg\n`],
  ['a quote that is never closed', `${HEADER}1,"A,https://a.example/1.jpg\n2,B,https://a.example/2.jpg\n`],
  ['quotes inside cells', `${HEADER}1,TV 42" black,https://a.example/1.jpg\n2," B ""x"" ",https://a.example/2.jpg\n`],
  ['newlines inside cells', `${HEADER}1,"A\r\nB","https://a.example/1.jpg\nhttps://a.example/2.jpg"\r\n2,B,nope\r\n`],
  ['semicolons and a byte order mark', '\uFEFFS. No.;Name;Urls\n1;A;https://a.example/1,2.jpg\n'],
  ['another encoding', Buffer.from(`${HEADER}1,Müsli,https://a.example/1.jpg\n`, 'latin1')],
  ['UTF-16', Buffer.from(`\uFEFF${HEADER}1,Müsli,https://a.example/1.jpg\n`, 'utf16le')],
  ['a broken byte in UTF-8', Buffer.concat([Buffer.from(`${HEADER}ä`), Buffer.from([0xff])])],
  ['a workbook', Buffer.from([0x50, 0x4b, 3, 4, 0, 0])],
  ['more than one piece', `${HEADER}${`1,Ünïcode ${'x'.repeat(90)},https://a.example/1.jpg\n`.repeat(950)}x,y,z\n`],
])('%s: reports the same errors at the same lines as the server', async (_name, content) => {
  const { preview, server } = await both(content);
  expect(preview).toEqual(server);
  const skipping = await both(content, 'skip');
  expect(skipping.preview).toEqual(skipping.server);
});

test('page and server agree on any text', async () => {
  const piece = fc.oneof(
    fc.constantFrom(',', ';', '"', '""', '\n', '\r\n', '\r', ' ', '\t', '\\', "'", ',,', '\n\n'),
    fc.constantFrom('https://a.example/1.jpg', 'http://', 'ftp://x/y', 'Mug', '42" wide', 'ü', '🙂', '\0'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const { preview, server } = await both(`${HEADER}${pieces.join('')}`);
      expect(preview).toEqual(server);
    }),
    { numRuns: 300 },
  );
});
