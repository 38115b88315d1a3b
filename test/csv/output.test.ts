import { outputTable } from '../../src/csv/output.ts';

const HEADER = ['S. No.', 'Product Name', 'Input Image Urls'];
const COLUMNS = { serialNumber: 0, productName: 1, images: [2] };
const ADD = { output: 'add', details: false } as const;
const REPLACE = { output: 'replace', details: false } as const;
const assignment = outputTable({ header: HEADER, columns: COLUMNS, delimiter: ',' }, ADD);
const images = (...urls: string[]) => urls.map((outputUrl) => ({ column: 0, outputUrl }));

const headerOf = (header: string[], positions: number[]) => {
  const columns = { serialNumber: null, productName: null, images: positions };
  return outputTable({ header, columns, delimiter: ',' }, ADD).header;
};

test('the file of the assignment gets the column Output Image Urls', () => {
  expect(assignment.header).toEqual([...HEADER, 'Output Image Urls']);
});

test('the output URLs are in order, with an empty position for a failed image', () => {
  expect(assignment.row(['1', 'Lamp', 'u,v,w'], images('x', '', 'z'))).toEqual(['1', 'Lamp', 'u,v,w', 'x,,z']);
  expect(assignment.row(['1', 'Lamp', 'u'], images(''))).toEqual(['1', 'Lamp', 'u', '']);
});

test('unquoted URLs beyond the header row are moved back into the URL column', () => {
  const cells = ['1', 'Lamp', 'https://a.test/w_3', 'c.jpg', '', 'https://a.test/2', ''];
  expect(assignment.row(cells, images('x', 'y'))).toEqual([
    ...['1', 'Lamp', 'https://a.test/w_3,c.jpg,https://a.test/2', 'x,y'],
  ]);
});

test('a short row is padded', () => {
  expect(assignment.row(['1'], [])).toEqual(['1', '', '', '']);
});

test.each([
  [['Image Src'], [0], ['Image Src', 'Output Image Src']],
  [
    ['Image 1', 'Name', 'Image 2'],
    [0, 2],
    ['Image 1', 'Name', 'Image 2', 'Output Image 1', 'Output Image 2'],
  ],
  [['input_images'], [0], ['input_images', 'Output images']],
  [
    ['Image', 'Image'],
    [0, 1],
    ['Image', 'Image', 'Output Image', 'Output Image (2)'],
  ],
  [['Image Src', 'Output Image Src'], [0], ['Image Src', 'Output Image Src']],
])('the output columns of %j', (header, positions, expected) => {
  expect(headerOf(header, positions)).toEqual(expected);
});

test('a table that has the output column already gets new values in it', () => {
  const header = ['Output Image Src', 'Image Src', 'Note'];
  const columns = { serialNumber: null, productName: null, images: [1] };
  const table = outputTable({ header, columns, delimiter: ',' }, ADD);
  expect(table.header).toEqual(header);
  expect(table.row(['old', 'u', 'n'], images('new'))).toEqual(['new', 'u', 'n']);
});

test('replace puts the outputs into the input columns, with their separators, and keeps the URLs of failed images', () => {
  const columns = { serialNumber: null, productName: null, images: [0, 2] };
  const table = outputTable({ header: ['Images', 'Name', 'Main'], columns, delimiter: ',' }, REPLACE);
  expect(table.header).toEqual(['Images', 'Name', 'Main']);
  const row = table.row(
    ['https://a.test/1 | https://a.test/2', 'Lamp', ''],
    [
      { column: 0, outputUrl: 'http://o/1.jpg' },
      { column: 0, outputUrl: '' },
    ],
  );
  expect(row).toEqual(['http://o/1.jpg | https://a.test/2', 'Lamp', '']);
});

test('details are further columns, in the order of the images', () => {
  const table = outputTable({ header: HEADER, columns: COLUMNS, delimiter: ',' }, { output: 'add', details: true });
  expect(table.header.slice(3)).toEqual(['Output Image Urls', 'Bytes Before', 'Bytes After', 'Width', 'Height']);
  const row = table.row(
    ['1', 'a', 'u,v'],
    [
      { column: 0, outputUrl: 'x', bytesIn: 10, bytesOut: 5, width: 4, height: 3 },
      { column: 0, outputUrl: '' },
    ],
  );
  expect(row.slice(3)).toEqual(['x,', '10,', '5,', '4,', '3,']);
});

test('replace keeps what is between and around the URLs', () => {
  const columns = { serialNumber: null, productName: null, images: [0] };
  const table = outputTable({ header: ['Images'], columns, delimiter: ',' }, REPLACE);
  const cell = '["https://a.test/1","https://a.test/1","https://a.test/2"]';
  expect(table.row([cell], images('o1', 'o2', ''))).toEqual(['["o1","o2","https://a.test/2"]']);
  expect(table.row([' https://a.test/1;\n“https://a.test/2” '], images('o1', 'o2'))).toEqual([' o1;\n“o2” ']);
});

test('ten thousand image columns with one name are numbered in linear time', () => {
  const header = Array<string>(10_000).fill('Image');
  const columns = { serialNumber: null, productName: null, images: header.map((_, index) => index) };
  const started = process.cpuUsage();
  const table = outputTable({ header, columns, delimiter: ',' }, ADD);
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  expect(new Set(table.header.slice(10_000)).size).toBe(10_000);
  expect(table.header.at(-1)).toBe('Output Image (10000)');
});

test('a further output has a column for each image column, with a name of its own', () => {
  const columns = { serialNumber: null, productName: null, images: [0, 1] };
  const header = ['Image', 'Image', 'Output Image (2) (webp 80)'];
  const further = ['webp 80', 'avif'];
  const table = outputTable({ header, columns, delimiter: ',' }, { ...ADD, further });
  expect(table.header).toEqual([
    ...header,
    ...['Output Image', 'Output Image (2)', 'Output Image (webp 80)', 'Output Image (webp 80) (2)'],
    ...['Output Image (avif)', 'Output Image (avif) (2)'],
  ]);
  const images = [
    { column: 0, outputUrl: 'a', furtherUrls: ['b', 'c'] },
    { column: 1, outputUrl: '' },
    { column: 1, outputUrl: 'd', furtherUrls: ['e', 'f'] },
  ];
  expect(table.row(['u', 'v,w', 'x'], images)).toEqual(['u', 'v,w', 'x', 'a', ',d', 'b', ',e', 'c', ',f']);
});
