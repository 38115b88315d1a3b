import { findHeader, findLayout } from '../../src/csv/layout.ts';

const URL_1 = 'https://example.com/1.jpg';
const headerOf = (text: string) => findLayout(text, true).headerIndex;

test.each([
  ['SKU,Image\n1,https://x.test/a.jpg\n', ',', 0],
  ['SKU;Image\n1;https://x.test/a.jpg\n', ';', 0],
  ['SKU\tImage\n1\thttps://x.test/a.jpg\n', '\t', 0],
  ['SKU|Image\n1|https://x.test/a.jpg\n', '|', 0],
  ['Catalogue 2026\nSKU;Image\n1;https://x.test/a.jpg\n', ';', 1],
  ['Catalogue, all shops\n\nFrom: 1 May\nSKU,Image\n1,https://x.test/a.jpg\n', ',', 2],
  ['Image Urls\n"https://x.test/a.jpg|https://x.test/b.jpg"\n', ',', 0],
])('%j: delimiter and header row', (text, delimiter, headerIndex) => {
  expect(findLayout(text, true)).toMatchObject({ delimiter, headerIndex, separatorLine: false });
});

test.each(['sep=;\r\nSKU;Image\r\n', 'SEP=;\nSKU;Image\n'])('%j: the separator line is understood', (text) => {
  expect(findLayout(text, true)).toMatchObject({ delimiter: ';', headerIndex: 0, separatorLine: true });
});

test('of two rows with names below each other, the last is the header row', () => {
  const text = `TemplateType=x\tVersion=1\nSeller SKU\tMain Image URL\nitem_sku\tmain_image_url\n1\t${URL_1}\n`;
  expect(headerOf(text)).toBe(2);
});

test('a row of the table that has the word image in another column is not the header row', () => {
  expect(headerOf(`Name,Image\nPicture,\nMug,${URL_1}\n`)).toBe(0);
});

test('without a known name, the first row with a cell above the first URL is the header row', () => {
  expect(findHeader([['Stock of May'], ['Nr', 'Datei'], ['1', ''], ['2', URL_1]])).toBe(1);
});

test('a file whose first row has a URL has no header row above it', () => {
  expect(findHeader([['1', URL_1]])).toBe(0);
});

test('the last row of a beginning that was cut is not part of the sample', () => {
  const text = `SKU,Image\n1,${URL_1}\n2,https://exa`;
  expect(findLayout(text, false).sample).toEqual([['1', URL_1]]);
  expect(findLayout(text, true).sample).toHaveLength(2);
});
