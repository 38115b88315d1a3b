import { countKnownColumns, findColumns } from '../../src/csv/columns.ts';

test.each([
  ['S. No.'],
  ['S.No'],
  ['Sno'],
  ['s_no'],
  ['SNO.'],
  ['S No'],
  ['Serial Number'],
  ['serial_number'],
  ['Serial No'],
  ['Serial No.'],
  ['Sr. No.'],
  ['Sl. No.'],
  ['Serial'],
  ['No.'],
  ['\uFEFFS. No.'],
  ['Ｓ． Ｎｏ．'],
])('%j is the serial number', (name) => {
  expect(findColumns([name, 'Product Name', 'Input Image Urls'])).toEqual({
    columns: { serialNumber: 0, productName: 1, imageUrls: 2 },
    errors: [],
  });
});

test.each([
  ['Product Name'],
  ['product_name'],
  ['ProductName'],
  ['PRODUCT NAME '],
  ['Name'],
  ['Product'],
  ['product-title'],
])('%j is the product name', (name) => {
  expect(findColumns(['S. No.', name, 'Input Image Urls']).columns?.productName).toBe(1);
});

test.each([
  ['Input Image Urls'],
  ['input image URL'],
  ['Image URLs'],
  ['image_urls'],
  ['Images'],
  ['Input.Images'],
  ['URL'],
  ['Image Links'],
])('%j holds the image URLs', (name) => {
  expect(findColumns(['S. No.', 'Product Name', name]).columns?.imageUrls).toBe(2);
});

test('the columns are found in any order and among others', () => {
  expect(findColumns(['Price', 'Image URLs', '', 'Name', 'Serial Number']).columns).toEqual({
    serialNumber: 4,
    productName: 3,
    imageUrls: 1,
  });
});

test('an exact name takes precedence over a general one', () => {
  const header = ['No', 'S. No.', 'Name', 'Product Name', 'Images', 'Image URLs', 'Output Image Urls'];
  expect(findColumns(header).columns).toEqual({ serialNumber: 1, productName: 3, imageUrls: 5 });
});

test('each missing column is an error that quotes the header row and suggests a name', () => {
  const { columns, errors } = findColumns(['SKU', 'Image URLs'], 3);
  expect(columns).toBeNull();
  expect(errors).toEqual([
    {
      line: 3,
      column: 'S. No.',
      code: 'csv_missing_column',
      message:
        'No column is named "S. No."; the header row has "SKU", "Image URLs". Rename one of the columns to "S. No.".',
    },
    expect.objectContaining({ line: 3, column: 'Product Name', code: 'csv_missing_column' }),
  ]);
});

test('a wide header row is abbreviated in the message', () => {
  const [error] = findColumns(Array.from({ length: 12 }, (_, index) => `c${index}`)).errors;
  expect(error?.message).toContain('"c9" and 2 more');
  expect(error?.message).not.toContain('"c10"');
});

test('a first row that contains a URL is reported as a missing header row', () => {
  const { errors } = findColumns(['1', 'Lamp', ' https://example.com/a.jpg']);
  expect(errors).toHaveLength(3);
  expect(errors[0]?.message).toContain('The header row is missing');
});

test('two columns with the same meaning are an error that names both', () => {
  const { columns, errors } = findColumns(['S. No.', 'Product Name', 'Image URLs', 'image_url']);
  expect(columns).toBeNull();
  expect(errors).toEqual([
    {
      line: 1,
      column: 'Input Image Urls',
      code: 'csv_duplicate_column',
      message:
        '"Image URLs" (column 3) and "image_url" (column 4) both mean "Input Image Urls". Keep one, and rename or remove the other.',
    },
  ]);
});

test('known columns are counted once each', () => {
  expect(countKnownColumns(['Name', 'Name', 'Images', 'x'])).toBe(2);
  expect(countKnownColumns([])).toBe(0);
});

test('if a name occurs in a thousand columns, the message lists ten', () => {
  const { errors } = findColumns(['S. No.', 'Product Name', ...Array<string>(1_000).fill('Image URL')]);
  expect(errors.map(({ code }) => code)).toEqual(['csv_duplicate_column']);
  expect(errors[0]?.message).toContain('"Image URL" (column 12) and 990 more all mean "Input Image Urls"');
  expect(errors[0]?.message.length).toBeLessThan(600);
});
