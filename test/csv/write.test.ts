import { csvLine, outputHeader, outputRow } from '../../src/csv/write.ts';

test.each([
  [['a', 'b'], 'a,b\r\n'],
  [['', ''], ',\r\n'],
  [['a,b', 'c"d', 'e\nf', 'g\rh'], '"a,b","c""d","e\nf","g\rh"\r\n'],
  [[' a', 'b '], '" a","b "\r\n'],
  [['\uFEFFa'], '"\uFEFFa"\r\n'],
])('%j is quoted where necessary', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});

test('the delimiter decides what is quoted', () => {
  expect(csvLine(['a,b', 'c;d'], ';')).toBe('a,b;"c;d"\r\n');
  expect(csvLine(['a,b', 'c\td'], '\t')).toBe('a,b\t"c\td"\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠x', "'＠x"],
  [' =1', "' =1"],
  ['-', "'-"],
  ['+91 98765', "'+91 98765"],
  ['-1-1', "'-1-1"],
  ['+1e5e5', "'+1e5e5"],
])('%j is escaped for spreadsheets', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});

test.each([['\tx'], ['\rx'], ['\nx'], ['=HYPERLINK("x")']])('%j is escaped inside quotes', (cell) => {
  expect(csvLine([cell])).toMatch(/^"?'/);
});

test.each([['-5'], ['+3.5e2'], ['-1e-9'], ['+1.000.000'], ['5'], ['a=b'], ["'=1"]])('%j is unchanged', (cell) => {
  expect(csvLine([cell])).toBe(`${cell}\r\n`);
});

const HEADER = ['S. No.', 'Product Name', 'Input Image Urls'];

test('the output has one more column than the input', () => {
  expect(outputHeader(HEADER)).toBe('S. No.,Product Name,Input Image Urls,Output Image Urls\r\n');
  expect(outputHeader(HEADER, ';')).toBe('S. No.;Product Name;Input Image Urls;Output Image Urls\r\n');
});

test('the output URLs are in order, with an empty entry for a failed image', () => {
  expect(outputRow(['1', 'Lamp', 'u,v,w'], HEADER, ['x', '', 'z'])).toBe('1,Lamp,"u,v,w","x,,z"\r\n');
  expect(outputRow(['1', 'Lamp', 'u'], HEADER, [''])).toBe('1,Lamp,u,\r\n');
});

test('unquoted URLs beyond the header row are moved back into the URL column', () => {
  const cells = ['1', 'Lamp', 'https://a.test/w_3', 'c.jpg', '', 'https://a.test/2', ''];
  expect(outputRow(cells, HEADER, ['x', 'y'])).toBe('1,Lamp,"https://a.test/w_3,c.jpg,https://a.test/2","x,y"\r\n');
  expect(outputRow(['1', 'Lamp', 'https://a.test/1', 'https://a.test/2'], HEADER, ['x', 'y'], ';')).toBe(
    '1;Lamp;https://a.test/1,https://a.test/2;x,y\r\n',
  );
  expect(outputRow(['1', 'Lamp', '', 'https://a.test/2'], HEADER, ['y'])).toBe('1,Lamp,https://a.test/2,y\r\n');
});

test('a short row is padded', () => {
  expect(outputRow(['1'], HEADER, [])).toBe('1,,,\r\n');
});

test('input cells are escaped, and a column after the URLs keeps its position', () => {
  const header = ['S. No.', 'Images', 'Product Name'];
  expect(outputRow(['1', 'https://a.test/1', '=cmd()'], header, ['x'])).toBe("1,https://a.test/1,'=cmd(),x\r\n");
});
