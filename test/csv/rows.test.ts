import { isBlankRow, type TableShape, toRow } from '../../src/csv/rows.ts';

const LAST: TableShape = {
  header: ['S. No.', 'Product Name', 'Input Image Urls'],
  columns: { serialNumber: 0, productName: 1, images: [2] },
  delimiter: ',',
  sourceBuckets: [],
};
const MIDDLE: TableShape = {
  header: ['S. No.', 'Images', 'Product Name'],
  columns: { serialNumber: 0, productName: 2, images: [1] },
  delimiter: ';',
  sourceBuckets: [],
};
const SEVERAL: TableShape = {
  header: ['Image 1', 'Name', 'Image 2'],
  columns: { serialNumber: null, productName: 1, images: [0, 2] },
  delimiter: ',',
  sourceBuckets: [],
};
const urlsOf = (...args: Parameters<typeof toRow>): string[] => toRow(...args).images.map(({ url }) => url);
const URL_1 = 'https://a.test/1.jpg';
const URL_2 = 'https://a.test/2.jpg';

test('a row has its product, its URLs and its cells as read', () => {
  expect(toRow([' 1', ' Lamp ', `${URL_1}, ${URL_2}`], 4, 7, LAST)).toEqual({
    index: 4,
    line: 7,
    cells: [' 1', ' Lamp ', `${URL_1}, ${URL_2}`],
    serialNumber: '1',
    productName: 'Lamp',
    images: [
      { url: URL_1, column: 0 },
      { url: URL_2, column: 0 },
    ],
    repairs: [],
    errors: [],
    moreBadUrls: 0,
  });
});

test('serial number and product name may be empty', () => {
  expect(toRow(['', '', URL_1], 0, 2, LAST)).toMatchObject({ serialNumber: '', productName: '', errors: [] });
});

test('unquoted cells after the last column are more URLs, or the rest of one with commas', () => {
  const cells = ['1', 'Lamp', URL_1, 'https://a.test/w_300', 'c_fill/x.jpg', '', URL_2, ''];
  expect(urlsOf(cells, 0, 2, LAST)).toEqual([URL_1, 'https://a.test/w_300,c_fill/x.jpg', URL_2]);
});

test('missing cells of a short row are empty, and a row without an image is no error', () => {
  expect(toRow(['1'], 0, 2, LAST)).toMatchObject({ serialNumber: '1', productName: '', images: [], errors: [] });
  expect(toRow(['1', 'Lamp', 'N/A'], 0, 2, LAST)).toMatchObject({ images: [], errors: [] });
  expect(toRow([], 0, 2, MIDDLE)).toMatchObject({ serialNumber: '', productName: '', images: [] });
});

test('the images of several columns are one list, each with its column', () => {
  expect(toRow([`${URL_1}|${URL_2}`, 'Lamp', URL_1], 0, 2, SEVERAL)).toMatchObject({
    serialNumber: '',
    productName: 'Lamp',
    images: [
      { url: URL_1, column: 0 },
      { url: URL_2, column: 0 },
      { url: URL_1, column: 1 },
    ],
  });
  expect(urlsOf(['', 'Lamp', URL_1, URL_2], 0, 2, SEVERAL)).toEqual([URL_1, URL_2]);
});

test('what is certainly not part of a URL is removed and reported', () => {
  const row = toRow(['1', 'Lamp', `“${URL_1}” ${URL_2}\u200e`], 0, 2, LAST);
  expect(row).toMatchObject({
    images: [{ url: URL_1 }, { url: URL_2 }],
    repairs: ['quotes', 'invisible_characters'],
    errors: [],
  });
});

test('each invalid URL is an error and keeps its position', () => {
  const row = toRow(['1', 'Lamp', `ftp://a.test/1,${URL_1},https://`], 0, 5, LAST);
  expect(row.images.map(({ url }) => url)).toEqual(['ftp://a.test/1', URL_1, 'https://']);
  expect(row.errors.map(({ line, column, code }) => [line, column, code])).toEqual([
    [5, 'Input Image Urls', 'csv_invalid_url'],
    [5, 'Input Image Urls', 'csv_invalid_url'],
  ]);
});

test('if the URLs are not the last column, cells beyond the header row are an error, not URLs', () => {
  const row = toRow(['1', URL_1, 'Lamp', URL_2], 0, 2, MIDDLE);
  expect(row.images).toEqual([{ url: URL_1, column: 0 }]);
  expect(row.errors).toMatchObject([{ line: 2, column: null, code: 'csv_too_many_columns' }]);
  expect(row.errors[0]?.message).toContain('The row has 4 cells but the header row has 3');
  expect(toRow(['1', URL_1, 'Lamp', '', ' '], 0, 2, MIDDLE).errors).toEqual([]);
});

test('a row of blank cells is blank', () => {
  expect(isBlankRow(['', ' ', '\t\u00a0'])).toBe(true);
  expect(isBlankRow([])).toBe(true);
  expect(isBlankRow(['', '0'])).toBe(false);
});

test('a name or serial number of more than 500 characters is an error that quotes only its start', () => {
  expect(toRow(['9'.repeat(500), 'n'.repeat(500), URL_1], 0, 2, LAST).errors).toEqual([]);
  const { errors } = toRow(['9'.repeat(501), `n${'ä'.repeat(500_000)}`, URL_1], 0, 2, LAST);
  expect(errors).toMatchObject([
    { line: 2, column: 'S. No.', code: 'csv_value_too_long' },
    { line: 2, column: 'Product Name', code: 'csv_value_too_long' },
  ]);
  expect(errors[1]?.message).toMatch(/^The product name "nä+…" has 500001 characters; at most 500 are allowed\. /);
  expect(errors[1]?.message.length).toBeLessThan(300);
});

test('the first hundred invalid URLs are listed and the others counted', () => {
  const { errors, moreBadUrls, images } = toRow(['1', 'a', 'ftp://x,'.repeat(100_000)], 0, 2, LAST);
  expect([images.length, errors.length, moreBadUrls]).toEqual([100_000, 100, 99_900]);
});
