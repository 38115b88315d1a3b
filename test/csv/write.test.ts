import { csvLine } from '../../src/csv/write.ts';

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
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠x', "'＠x"],
  ['+x', "'+x"],
  [' =1', "' =1"],
  ['-', "'-"],
  ['+91 98765', "'+91 98765"],
  ['-1-1', "'-1-1"],
  ['+1e5e5', "'+1e5e5"],
  ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
  ['-A1+B2', "'-A1+B2"],
  ['+A1:B2', "'+A1:B2"],
  ['@Sheet!A1', "'@Sheet!A1"],
  ['=SUM of all', "'=SUM of all"],
])('%j is escaped for spreadsheets', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});

test.each([['\tx'], ['\rx'], ['\nx'], ['=HYPERLINK("x")']])('%j is escaped inside quotes', (cell) => {
  expect(csvLine([cell])).toMatch(/^"?'/);
});

test.each([['-40% Sale Mug'], ['-40 % Sale'], ['+Size Dress'], ['+Size'], ['@home Candle'], ['@home'], ['-20 °C Box']])(
  '%j is text that no spreadsheet calculates, so it is unchanged',
  (cell) => {
    expect(csvLine([cell])).toBe(`${cell}\r\n`);
  },
);

test('with formulas: keep all cells are unchanged', () => {
  expect(csvLine(['=1+1', '@SUM(A1)'], ',', 'keep')).toBe('=1+1,@SUM(A1)\r\n');
});

test.each([['-5'], ['+3.5e2'], ['-1e-9'], ['+1.000.000'], ['5'], ['a=b'], ["'=1"]])('%j is unchanged', (cell) => {
  expect(csvLine([cell])).toBe(`${cell}\r\n`);
});
