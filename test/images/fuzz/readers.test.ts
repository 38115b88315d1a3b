import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../../../src/errors.ts';
import { decodeForeign, readForeignHeader } from '../../../src/images/foreign/foreign.ts';
import { mutated } from './mutations.ts';
import { BLOCK_READERS, FILE_READERS } from './readers.ts';

const RUNS = 400;
const HEIC_RUNS = 300;
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="a&amp;b"><dc:creator><rdf:Seq>
<rdf:li>X</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>`;

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/${name}`);
const picture = (): Sharp =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#369' } })
    .withXmp(XMP)
    .withExif({ IFD0: { Copyright: 'me', Artist: 'you' } })
    .withIccProfile('p3');
const bmp = (): Buffer => {
  const bytes = Buffer.alloc(54 + 16 * 16 * 3);
  bytes.write('BM');
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, 16],
    [22, 16],
  ] as const) {
    bytes.writeUInt32LE(value, at);
  }
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
};
const tiff = { tile: true, tileWidth: 16, tileHeight: 16 };

const SEEDS: readonly (readonly [keyof typeof FILE_READERS, string, () => Buffer | Promise<Buffer>])[] = [
  ['jpeg', 'sharp', () => picture().jpeg().toBuffer()],
  ['png', 'sharp', () => picture().png().toBuffer()],
  ['png', 'animated', () => fixture('pictures/apng-hidden-default.png')],
  ['png', 'cICP', () => fixture('pictures/png8-cicp-p3.png')],
  ['webp', 'sharp', () => picture().webp().toBuffer()],
  ['avif', 'sharp', () => picture().avif({ effort: 0 }).toBuffer()],
  ['avif', 'animated', () => fixture('pictures/avif-animated.avif')],
  ['tiff', 'tiles', () => picture().tiff(tiff).toBuffer()],
  ['tiff', 'BigTIFF', () => picture().tiff({ compression: 'deflate', bigtiff: true }).toBuffer()],
  ['tiff', 'thumbnail', () => fixture('pictures/tiff-thumbnail-first.tif')],
  ['heic', 'one picture', () => fixture('heic/turned-5-and-exif.heic')],
  ['heic', 'grid', () => fixture('heic/grid-p3-in-tiles.heic')],
  ['heic', 'alpha', () => fixture('heic/alpha.heic')],
  ['heic', 'metadata', () => fixture('heic/rights-xmp.heic')],
  ['bmp', '24 bits', bmp],
];

/** Anything but an error with a code is a defect of the reader. */
const returnsOrRefuses = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
};

it.each(SEEDS)('damaged %s (%s) is read or refused with a code', async (format, _, seed) => {
  fc.assert(
    fc.property(mutated(await seed()), (bytes) => {
      for (const read of FILE_READERS[format]) returnsOrRefuses(() => read(bytes));
    }),
    { numRuns: RUNS },
  );
});

it('damaged metadata are read as far as they go', async () => {
  const { exif, icc, xmp } = await sharp(await picture().jpeg().toBuffer()).metadata();
  const iptc = Buffer.from(
    '8BIM\x04\x04\0\0\0\0\0\x1a\x1c\x02\x50\0\x03You\x1c\x02\x74\0\x02Me\x1c\x02\x6e\0\x01X',
    'latin1',
  );
  for (const block of [exif, icc, xmp, iptc]) {
    expect(block).toBeDefined();
    fc.assert(
      fc.property(mutated(block ?? Buffer.alloc(0)), (bytes) => {
        for (const read of BLOCK_READERS) returnsOrRefuses(() => read(bytes));
      }),
      { numRuns: RUNS },
    );
  }
});

it('damaged HEIC leaves the decoder able to decode', async () => {
  const whole = fixture('heic/srgb.heic');
  const right = await decodeForeign(whole, 'heic');
  await fc.assert(
    fc.asyncProperty(mutated(whole), async (bytes) => {
      try {
        readForeignHeader(bytes, 'heic', 1_000_000);
        await decodeForeign(bytes, 'heic');
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }),
    { numRuns: HEIC_RUNS },
  );
  expect((await decodeForeign(whole, 'heic')).bytes.equals(right.bytes)).toBe(true);
});
