import { columnAt, countKnownColumns, findColumns } from '../../src/csv/columns.ts';

const URL_1 = 'https://example.com/1.jpg';

test.each([
  ...['S. No.', 'S.No', 'Sno', 's_no', 'SNO.', 'Serial Number', 'Serial No.', 'Sr. No.', 'Sl. No.', 'Serial', 'No.'],
  ...['\uFEFFS. No.', 'Ｓ． Ｎｏ．', 'SKU', 'item_sku', 'Handle', 'id', 'Artikelnummer', 'Art.-Nr.', 'Reference'],
  ...[
    '#',
    'Reference #',
    'Custom label (SKU)',
    'contribution_sku#1.value',
    'Product Code/SKU',
    'Item #',
    'UGS',
    'N°',
    '商品コード',
  ],
])('%j is the serial number', (name) => {
  expect(findColumns([name, 'Product Name', 'Input Image Urls'])).toEqual({
    columns: { serialNumber: 0, productName: 1, images: [2] },
    ignored: [],
    errors: [],
  });
});

test.each([
  ...['Product Name', 'product_name', 'ProductName', 'PRODUCT NAME ', 'Name', 'Product', 'product-title', 'Title'],
  ...['Bezeichnung', 'item_name', 'Nom', 'Título', 'item_name[language_tag=en_US]#1.value', 'Name *'],
])('%j is the product name', (name) => {
  expect(findColumns(['S. No.', name, 'Input Image Urls']).columns?.productName).toBe(1);
});

test.each([
  ...['Input Image Urls', 'input image URL', 'Image URLs', 'image_urls', 'Images', 'Input.Images', 'Image Links'],
  ...['Image Src', 'Variant Image', 'Picture', 'image_link', 'additional_image_link', 'base_image', 'small_image'],
  ...['thumbnail_image', 'additional_images', 'Image 10', 'Main Image URL', 'other_image_url3', 'Bild-URL', 'Bilder'],
  ...['Produktbild', 'Product image URL', 'Foto 2', 'URL', 'link', 'imageUrl'],
  ...['Image URLs (x,y,z...)', 'Internal Image URL (Export)', 'Image Main', 'URL of the image', 'Lien de l’image'],
  ...['Zusätzlicher Bildlink', 'product_media_gallery_image_url_1', 'PicURL', 'Item photo URL', 'imageURL1'],
  ...[
    'other_product_image_locator_1[marketplace_id=A1]#1.media_location',
    'Enlace de imagen adicional',
    '商品图片链接',
  ],
])('%j is an image column', (name) => {
  expect(findColumns(['S. No.', 'Product Name', name]).columns?.images).toEqual([2]);
});

test.each([
  ...['Image Alt Text', 'image_label', 'Image Position', 'base_image_label', 'Imaginary', 'Image size', 'Image Count'],
  ...[
    'Product Image ID - 1',
    'Bildunterschrift',
    'Image 12345',
    'Delete existing images (0 = No, 1 = Yes)',
    '(image)q',
  ],
])('%j is not an image column', (name) => {
  expect(findColumns(['S. No.', name, 'Image Src']).columns?.images).toEqual([2]);
});

test('several image columns are used in the order of the header row, and other columns may be blank or repeated', () => {
  const header = ['#', 'Image 2', '', 'Note', 'Note', 'Image 1', ''];
  expect(findColumns(header).columns).toEqual({ serialNumber: 0, productName: null, images: [1, 5] });
});

test('a column is recognized by cells that are URLs of images', () => {
  const rows = [
    ['1', 'https://shop.test/lamp', URL_1],
    ['2', 'https://shop.test/mug', `${URL_1}?w=3`],
    ['3', '', 'N/A'],
  ];
  expect(findColumns(['x', 'Page', 'Datei'], rows).columns?.images).toEqual([2]);
});

test('columns that only sometimes hold image URLs are left alone', () => {
  const rows = [
    ['a text', URL_1],
    ['another', URL_1],
    [URL_1, URL_1],
  ];
  expect(findColumns(['Text', 'File'], rows).columns?.images).toEqual([1]);
});

test('a link to a page is no image column if there is a better one', () => {
  expect(findColumns(['id', 'title', 'link', 'image_link']).columns?.images).toEqual([3]);
  expect(findColumns(['id', 'link'], [['1', 'https://cdn.test/a']]).columns?.images).toEqual([1]);
});

test('pages in a folder of photos are no images if a column is named after images', () => {
  const rows = [['https://shop.test/photos/sunset', URL_1]];
  expect(findColumns(['Page', 'Image'], rows).columns?.images).toEqual([1]);
  expect(
    findColumns(
      ['Page', 'Note'],
      rows.map(([page = '']) => [page, 'x']),
    ).columns?.images,
  ).toEqual([0]);
});

test('a column of file names next to one of URLs is ignored and named', () => {
  const found = findColumns(['image', 'image_link'], [['mug.jpg', URL_1]]);
  expect(found).toMatchObject({ columns: { images: [1] }, ignored: ['image'] });
});

test('an output column of this service is not an input', () => {
  const rows = [['1', URL_1, 'http://x.test/processed_images/1.jpg']];
  expect(findColumns(['id', 'Image Src', 'Output Image Src'], rows).columns?.images).toEqual([1]);
});

test('columns can be chosen by name', () => {
  const header = ['A', 'Image 1', 'Image 2', 'B'];
  const choice = { imageColumns: ['image 2', 'B'], nameColumn: 'A', serialColumn: 'Image 1' };
  expect(findColumns(header, [], choice).columns).toEqual({ serialNumber: 1, productName: 0, images: [2, 3] });
});

test('a chosen column that does not exist is an error that lists the header row', () => {
  const { columns, errors } = findColumns(['SKU', 'Image'], [], { imageColumns: ['Picture'] }, 3);
  expect(columns).toBeNull();
  expect(errors).toEqual([
    {
      line: 3,
      column: 'Picture',
      code: 'csv_missing_column',
      message:
        'No column is named "Picture" (imageColumns); the header row has "SKU", "Image". Use one of these names.',
    },
  ]);
});

test('without an image column the error quotes the header row and suggests a name', () => {
  const { columns, errors } = findColumns(['SKU', 'Price'], [['1', '2']], {}, 3);
  expect(columns).toBeNull();
  expect(errors).toEqual([
    {
      line: 3,
      column: null,
      code: 'csv_missing_column',
      message:
        'No column has image URLs; the header row has "SKU", "Price". Rename the one with the URLs to "Image URL", or choose it with imageColumns.',
    },
  ]);
});

test('several columns of URLs that may not be images are an error that names them', () => {
  const { errors } = findColumns(['Page', 'Shop'], [['https://a.test/x', 'https://b.test/y']]);
  expect(errors[0]?.message).toContain(
    'The columns "Page", "Shop" contain URLs, but it is unclear which are of images',
  );
});

test('a wide header row is abbreviated in the message', () => {
  const [error] = findColumns(Array.from({ length: 12 }, (_, index) => `c${index}`)).errors;
  expect(error?.message).toContain('"c9" and 2 more');
  expect(error?.message).not.toContain('"c10"');
});

test('a first row that contains a URL is reported as a missing header row', () => {
  const { errors } = findColumns(['1', 'Lamp', ` ${URL_1}`]);
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('The header row is missing')]);
  expect(findColumns([URL_1], [[URL_1]])).toMatchObject({ columns: null, errors: [{ code: 'csv_missing_column' }] });
});

test('known columns are counted', () => {
  expect(countKnownColumns(['Name', 'Name', 'Images', 'x'])).toBe(2);
  expect(countKnownColumns([])).toBe(0);
});

test.each([
  ['Image', 1],
  [' Image ', 1],
  ['i-mage', 1],
  ['#2', 1],
  ['#3', 2],
  ['#1', 4],
  ['#6', 5],
  ['Front, large', 3],
  ['#7', null],
  ['#0', null],
  ['*', null],
  ['', 2],
])('%j chooses column %j by its name, then by its position', (name, index) => {
  expect(columnAt(['#', 'Image', '', 'Front, large', '#1', 'Image'], name)).toBe(index);
});

test('"none" leaves out the product name and the serial number, unless a column has that name', () => {
  const choice = { nameColumn: 'none', serialColumn: 'None' };
  const found = findColumns(['SKU', 'Name', 'Image'], [], choice);
  expect(found.columns).toEqual({ serialNumber: null, productName: null, images: [2] });
  expect(findColumns(['SKU', 'None', 'Image'], [], choice).columns).toMatchObject({ productName: 1, serialNumber: 1 });
});
