import { readFileSync } from 'node:fs';
import { readHeader } from '../../../src/images/compress.ts';
import { readTiff, TAG } from '../../../src/images/inspect/tiff/tiff.ts';
import { tiffPages } from '../../hostile/containers.ts';
import { makeTiff, type TiffPage, type TiffShape } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const SHAPES: readonly TiffShape[] = [{}, { bigEndian: true }, { bigTiff: true }, { bigEndian: true, bigTiff: true }];
const red = (): readonly number[] => [0.9, 0.1, 0.1];
const full: TiffPage = { width: 40, height: 24, pixel: red, tags: { 254: 0 } };
const thumbnail: TiffPage = { width: 8, height: 6, pixel: () => [0.1, 0.1, 0.9], tags: { 254: 1 } };
const refused = (what: string) => ({
  code: 'unsupported_image_format',
  publicMessage: expect.stringContaining(what),
});

describe.each(SHAPES)('the picture of a TIFF (%j)', (shape) => {
  it.each([
    ['behind a thumbnail', [thumbnail, full], ['thumbnail_skipped']],
    ['behind two thumbnails', [thumbnail, thumbnail, full], ['thumbnail_skipped']],
    ['below a thumbnail', [{ ...thumbnail, subs: [full] }], ['thumbnail_skipped']],
    ['behind a thumbnail of the older kind', [{ ...thumbnail, tags: { 255: 2 } }, full], ['thumbnail_skipped']],
    ['behind a thumbnail and before a page', [thumbnail, full, full], ['thumbnail_skipped', 'first_frame_only']],
    ['before its smaller versions', [full, thumbnail, thumbnail], []],
    ['before a mask', [full, { ...full, tags: { 254: 4 } }], []],
    ['of the first of two pages', [full, full], ['first_frame_only']],
  ] as const)('%s', async (_, pages, notes) => {
    const bytes = makeTiff(pages, shape);
    expect(await readHeader(bytes, { source: 'tiff', format: 'png', maxPixels: 1e6 })).toMatchObject({ width: 40 });
    expect(await run(bytes)).toMatchObject({ width: 40, height: 24, notes });
  });

  it('is a thumbnail where there is nothing else', async () => {
    expect(await run(makeTiff([thumbnail], shape))).toMatchObject({ width: 8, notes: [] });
  });

  it('counts against the limit of pixels by its own size', async () => {
    const bytes = makeTiff([thumbnail, full], shape);
    await expect(run(bytes, { maxPixels: 900 })).rejects.toMatchObject({ code: 'too_many_pixels' });
  });

  it.each([
    ['NIKON CORPORATION', 34713, 'Nikon, NEF'],
    ['SONY', 32767, 'Sony, ARW'],
    ['PENTAX Corporation', 65535, 'Pentax, PEF'],
    ['Unheard of', 1, 'TIFF/EP'],
  ])('of a raw file of %s is refused by name', async (make, compression, name) => {
    const sensor: TiffPage = { ...full, photometric: 32803, compression, pixel: () => [0.3] };
    for (const pages of [
      [{ ...thumbnail, tags: { 254: 1, 271: make }, subs: [full, sensor] }],
      [{ ...thumbnail, tags: { 271: make } }, sensor],
    ]) {
      await expect(run(makeTiff(pages, shape))).rejects.toMatchObject(refused(name));
    }
  });

  it('of a DNG is refused by name, whatever it holds', async () => {
    const bytes = makeTiff([{ ...full, tags: { 50706: Buffer.from([1, 4, 0, 0]) } }], shape);
    await expect(run(bytes)).rejects.toMatchObject(refused('DNG'));
  });
});

it('a photo with the name of its camera is no raw file', async () => {
  expect(await run(makeTiff([{ ...full, tags: { 271: 'NIKON CORPORATION', 272: 'D850' } }]))).toMatchObject({
    notes: [],
  });
});

it('files of other programs', async () => {
  const bytes = readFileSync('test/fixtures/pictures/tiff-thumbnail-first.tif');
  expect(await run(bytes)).toMatchObject({ width: 480, height: 320, notes: ['thumbnail_skipped'] });
});

describe('readTiff', () => {
  it('reads each directory once', () => {
    expect(readTiff(tiffPages(3, true)).pages).toHaveLength(3);
    expect(readTiff(tiffPages(5000)).pages).toHaveLength(100);
  });

  it('is bounded where a file claims more than it has', () => {
    const bytes = makeTiff([{ ...full, tags: { 330: 8 } }]);
    const at = bytes.readUInt32LE(4);
    bytes.writeUInt16LE(0xffff, at);
    const [page] = readTiff(bytes).pages;
    expect(page?.value(TAG.width, 0)).toBe(40);
    expect(page && readTiff(bytes).below(page)).toHaveLength(1);
    for (let length = 0; length < bytes.length; length += 1) {
      for (const cut of readTiff(bytes.subarray(0, length)).pages) cut.values(TAG.bits);
    }
  });

  it.each([255, 0xffffffff])('values outside the file are absent (count %d)', (count) => {
    const bytes = makeTiff([full]);
    const place = bytes.indexOf(Buffer.from([2, 1, 3, 0, 3, 0, 0, 0]));
    bytes.writeUInt32LE(count, place + 4);
    bytes.writeUInt32LE(bytes.length - 2, place + 8);
    expect(readTiff(bytes).pages[0]?.values(TAG.bits)).toHaveLength(1);
  });
});
