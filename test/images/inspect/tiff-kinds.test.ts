import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { makeTiff, type TiffPage } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const page: TiffPage = { width: 32, height: 32, pixel: () => [0.8, 0.2, 0.1] };
const cmyk16 = { photometric: 5, bits: 16, pixel: () => [0, 0, 0, 1, 0.5] };
const grey = { pixel: () => [0.3] };

it.each<[string, Partial<TiffPage>]>([
  ['old-style JPEG', { compression: 6 }],
  ['JPEG 2000', { compression: 34712 }],
  ['Zstandard', { compression: 50000 }],
  ['LZMA', { compression: 34925 }],
  ['LERC', { compression: 34887 }],
  ['JPEG XL', { compression: 50002 }],
  ['unknown (99)', { compression: 99 }],
  ['Lab colours of 8 bits', { photometric: 8 }],
  ['ICC Lab', { photometric: 9 }],
  ['YCbCr', { photometric: 6 }],
  ['transparency mask', { photometric: 4 }],
  ['LogLuv', { photometric: 32845 }],
  ['inks other than CMYK', { photometric: 5, pixel: () => [0, 0, 0, 0], tags: { 332: 2 } }],
  ['floating-point samples of 32 bits', { bits: 32, tags: { 339: [3, 3, 3] } }],
  ['floating-point samples of 32 bits', { ...grey, photometric: 1, bits: 32, tags: { 339: [3] } }],
  ['signed samples of 16 bits', { ...grey, photometric: 1, bits: 16, tags: { 339: [2] } }],
  ['samples of 32 bits', { bits: 32 }],
  ['samples of 24 bits', { bits: 24 }],
  ['samples of 4 bits in several channels', { tags: { 258: [4, 4, 4] } }],
  ['samples of 2 bits in several channels', { planar: true, tags: { 258: [2, 2, 2] } }],
  [
    'samples of 4 bits in several channels',
    { pixel: () => [1, 0, 0, 1], extraSamples: [2], tags: { 258: [4, 4, 4, 4] } },
  ],
  ['JPEG compression of 16 bits', { ...grey, photometric: 1, bits: 16, compression: 7 }],
  ['CMYK colours of 16 bits and transparency', { ...cmyk16, extraSamples: [2] }],
  ['CMYK colours of 16 bits and transparency', { ...cmyk16, tags: { 338: null } }],
  ['Lab colours and further channels', { photometric: 8, bits: 16, pixel: () => [0.5, 0, 0, 1], extraSamples: [2] }],
  ['Lab colours and further channels', { photometric: 8, bits: 16, pixel: () => [0.5, 0, 0, 1], extraSamples: [0] }],
  ['different depths', { tags: { 258: [8, 8, 4] } }],
  ['planes in tiles', { planar: true, tile: 16 }],
  ['planes in tiles', { planar: true, tile: 16, bits: 16 }],
])('a TIFF with %s is refused by name (%j)', async (name, changes) => {
  for (const shape of [{}, { bigEndian: true }, { bigTiff: true }]) {
    await expect(run(makeTiff([{ ...page, ...changes }], shape))).rejects.toMatchObject({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining(name),
    });
  }
});

it.each([
  ['tiff-lab8', 'Lab'],
  ['tiff-ycbcr-lzw', 'YCbCr'],
])('%s, a file of another program', async (file, name) => {
  await expect(run(readFileSync(`test/fixtures/pictures/${file}.tif`))).rejects.toMatchObject({
    code: 'unsupported_image_format',
    publicMessage: expect.stringContaining(name),
  });
});

it('Lab of 16 bits comes out in its colours', async () => {
  const { bytes } = await run(makeTiff([{ ...page, bits: 16, photometric: 8, pixel: () => [0.5, 0, 0] }]), {
    format: 'png',
    quality: 100,
  });
  const [red, green, blue] = await sharp(bytes).raw().toBuffer();
  expect([red, green, blue]).toEqual([119, 119, 119]);
});
