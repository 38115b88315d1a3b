import { AppError } from '../../../src/errors.ts';
import { BLOCK_READERS, FILE_READERS } from './readers.ts';

/** Above a megabyte, the parts that a quadratic reader would take minutes for; the time limit of a test is the bound. */
const BYTES = 1_000_000;

const filled = (part: Buffer | string): Buffer => Buffer.alloc(BYTES, part);
const number = (value: number, bytes: number): Buffer => {
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
};
const box = (type: string, ...content: readonly Buffer[]): Buffer =>
  Buffer.concat([number(8 + content.reduce((sum, { length }) => sum + length, 0), 4), Buffer.from(type), ...content]);
const fullBox = (type: string, ...content: readonly Buffer[]): Buffer => box(type, Buffer.alloc(4), ...content);
/** Each box in the one before. */
const nested = (type: string): Buffer => {
  const depth = BYTES / 8;
  return Buffer.concat(
    Array.from({ length: depth }, (_, index) => Buffer.concat([number((depth - index) * 8, 4), Buffer.from(type)])),
  );
};
const pngChunk = (type: string, content = Buffer.alloc(0)): Buffer =>
  Buffer.concat([number(content.length, 4), Buffer.from(type), content, Buffer.alloc(4)]);
const pngStart = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  pngChunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])),
]);
const heif = (brand: string, ...meta: readonly Buffer[]): Buffer =>
  Buffer.concat([
    box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}mif1`)),
    fullBox('meta', fullBox('pitm', number(1, 2)), ...meta),
  ]);
const item = (brand: string): Buffer =>
  fullBox(
    'iinf',
    number(1, 2),
    box('infe', Buffer.from([2, 0, 0, 0, 0, 1, 0, 0]), Buffer.from(brand === 'avif' ? 'av01\0' : 'hvc1\0')),
  );
const colour = box('colr', Buffer.from('nclx\0\x01\0\x0d\0\x06\x80', 'latin1'));

/** Directories that point to the next one, or all to the same. */
const tiffChain = (isCircular: boolean): Buffer => {
  const each = 18;
  const bytes = Buffer.alloc(8 + each * Math.floor(BYTES / each));
  bytes.write('II*\0\x08');
  for (let at = 8; at < bytes.length; at += each) {
    bytes.writeUInt16LE(1, at);
    bytes.writeUInt16LE(330, at + 2);
    bytes.writeUInt16LE(4, at + 4);
    bytes.writeUInt32LE(BYTES, at + 6);
    bytes.writeUInt32LE(8, at + 10);
    bytes.writeUInt32LE(isCircular ? 8 : at + each, at + 14);
  }
  return bytes;
};

const jpeg = (part: readonly number[]): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8]), filled(Buffer.from(part))]);
const webp = (type: string): Buffer =>
  Buffer.concat([Buffer.from('RIFF\0\0\0\x01WEBP', 'latin1'), filled(`${type}\0\0\0\0`)]);

const FILES: readonly (readonly [keyof typeof FILE_READERS, string, () => Buffer])[] = [
  ['jpeg', 'fill bytes', () => jpeg([0xff])],
  ['jpeg', 'empty segments', () => jpeg([0xff, 0xe1, 0, 2])],
  ['jpeg', 'empty scans', () => jpeg([0xff, 0xda, 0, 2, 0xff, 0])],
  ['jpeg', 'stray bytes', () => jpeg([0, 0xff, 0])],
  ['png', 'empty chunks', () => Buffer.concat([pngStart, filled(pngChunk('tEXt'))])],
  [
    'png',
    'frames',
    () => Buffer.concat([pngStart, pngChunk('acTL', Buffer.alloc(8, 9)), filled(pngChunk('fcTL', Buffer.alloc(26)))]),
  ],
  ['webp', 'empty chunks', () => webp('EXIF')],
  ['webp', 'headers', () => webp('VP8X')],
  ['tiff', 'directories', () => tiffChain(false)],
  ['tiff', 'circular directories', () => tiffChain(true)],
  ['tiff', 'entries that overlap', () => Buffer.concat([Buffer.from('II*\0\x08\0\0\0'), filled('\xff')])],
  ...(['avif', 'heic'] as const).flatMap((format): (readonly [typeof format, string, () => Buffer])[] => [
    [format, 'boxes', () => heif(format, filled(box('free')))],
    [format, 'boxes in boxes', () => heif(format, nested('meta'))],
    [format, 'property boxes in boxes', () => heif(format, nested('iprp'))],
    [format, 'properties', () => heif(format, item(format), box('iprp', box('ipco', filled(colour)), fullBox('ipma')))],
    [
      format,
      'associations',
      () => heif(format, item(format), box('iprp', box('ipco', colour), fullBox('ipma', filled(number(65_536, 4))))),
    ],
    [
      format,
      'extents',
      () =>
        heif(
          format,
          item(format),
          fullBox('iloc', Buffer.from([0x44, 0, 0, 1, 0, 1, 0, 0, 255, 255]), filled('\0\0\0\x09')),
        ),
    ],
    [
      format,
      'references',
      () => heif(format, item(format), fullBox('iref', filled(box('dimg', number(1, 2), number(1, 2), number(1, 2))))),
    ],
  ]),
];

const finishes = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
};

it.each(FILES)('%s of a megabyte of %s', (format, _, make) => {
  const bytes = make();
  expect(bytes.length).toBeGreaterThan(BYTES * 0.99);
  for (const read of FILE_READERS[format]) finishes(() => read(bytes));
});

it.each([
  '<',
  '<a>',
  '</a>',
  '<a b="',
  '<!--',
  '<?x ',
  '<![CDATA[',
  '&amp;',
  ' ',
  '\x1c\x02\x50\0\x01A',
  '8BIM\x04\x04\0\0\0\0\0\0',
])('metadata of a megabyte of %j', (part) => {
  for (const start of ['', '<x:xmpmeta><dc:rights>', '<rdf:Description ']) {
    const bytes = Buffer.concat([Buffer.from(start), filled(Buffer.from(part, 'latin1'))]);
    for (const read of BLOCK_READERS) finishes(() => read(bytes));
  }
});
