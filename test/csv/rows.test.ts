import { isBlankRow, type TableShape, toRow } from '../../src/csv/rows.ts';

const LAST: TableShape = {
  header: ['S. No.', 'Product Name', 'Input Image Urls'],
  columns: { serialNumber: 0, productName: 1, imageUrls: 2 },
  delimiter: ',',
  sourceBuckets: [],
};
const MIDDLE: TableShape = {
  header: ['S. No.', 'Images', 'Product Name'],
  columns: { serialNumber: 0, productName: 2, imageUrls: 1 },
  delimiter: ';',
  sourceBuckets: [],
};
const URL_1 = 'https://a.test/1.jpg';
const URL_2 = 'https://a.test/2.jpg';

test('a row has its product, its URLs and its cells as they were read', () => {
  expect(toRow([' 1', ' Lamp ', `${URL_1}, ${URL_2}`], 4, 7, LAST)).toEqual({
    index: 4,
    line: 7,
    cells: [' 1', ' Lamp ', `${URL_1}, ${URL_2}`],
    serialNumber: '1',
    productName: 'Lamp',
    urls: [URL_1, URL_2],
    faults: [],
    moreBadUrls: 0,
  });
});

test('serial number and product name may be empty', () => {
  expect(toRow(['', '', URL_1], 0, 2, LAST)).toMatchObject({ serialNumber: '', productName: '', faults: [] });
});

test('unquoted cells after the last column are more URLs, or the rest of one with commas', () => {
  const cells = ['1', 'Lamp', URL_1, 'https://a.test/w_300', 'c_fill/x.jpg', '', URL_2, ''];
  expect(toRow(cells, 0, 2, LAST).urls).toEqual([URL_1, 'https://a.test/w_300,c_fill/x.jpg', URL_2]);
});

test('a short row has empty places', () => {
  const row = toRow(['1'], 0, 2, LAST);
  expect(row).toMatchObject({ serialNumber: '1', productName: '', urls: [] });
  expect(row.faults).toEqual([
    {
      line: 2,
      column: 'Input Image Urls',
      code: 'csv_row_without_urls',
      message:
        'The row has no image URL in the column "Input Image Urls". Write at least one there, or remove the row.',
    },
  ]);
  expect(toRow([], 0, 2, MIDDLE)).toMatchObject({ serialNumber: '', productName: '', urls: [] });
});

test('each refused URL is a fault and keeps its place', () => {
  const row = toRow(['1', 'Lamp', `ftp://a.test/1,${URL_1},https://`], 0, 5, LAST);
  expect(row.urls).toEqual(['ftp://a.test/1', URL_1, 'https://']);
  expect(row.faults.map(({ line, column, code }) => [line, column, code])).toEqual([
    [5, 'Input Image Urls', 'csv_invalid_url'],
    [5, 'Input Image Urls', 'csv_invalid_url'],
  ]);
});

test('where the URLs are not the last column, cells beyond the header row are a fault and no URLs', () => {
  const row = toRow(['1', URL_1, 'Lamp', URL_2], 0, 2, MIDDLE);
  expect(row.urls).toEqual([URL_1]);
  expect(row.faults).toMatchObject([{ line: 2, column: 'Images', code: 'csv_too_many_columns' }]);
  expect(row.faults[0]?.message).toContain('The row has 4 cells and the header row 3');
  expect(toRow(['1', URL_1, 'Lamp', '', ' '], 0, 2, MIDDLE).faults).toEqual([]);
});

test('a row of blank cells is blank', () => {
  expect(isBlankRow(['', ' ', '\t\u00a0'])).toBe(true);
  expect(isBlankRow([])).toBe(true);
  expect(isBlankRow(['', '0'])).toBe(false);
});

test('a name or a number of more than 500 characters is a fault that quotes only its beginning', () => {
  expect(toRow(['9'.repeat(500), 'n'.repeat(500), URL_1], 0, 2, LAST).faults).toEqual([]);
  const { faults } = toRow(['9'.repeat(501), `n${'ä'.repeat(500_000)}`, URL_1], 0, 2, LAST);
  expect(faults).toMatchObject([
    { line: 2, column: 'S. No.', code: 'csv_value_too_long' },
    { line: 2, column: 'Product Name', code: 'csv_value_too_long' },
  ]);
  expect(faults[1]?.message).toMatch(/^The product name "nä+…" has 500001 characters; at most 500 are allowed\. /);
  expect(faults[1]?.message.length).toBeLessThan(300);
});

test('of many bad URLs the first hundred are told and the others counted', () => {
  const { faults, moreBadUrls, urls } = toRow(['1', 'a', 'ftp://x,'.repeat(100_000)], 0, 2, LAST);
  expect([urls.length, faults.length, moreBadUrls]).toEqual([100_000, 100, 99_900]);
});
