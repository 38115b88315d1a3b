import sharp, { type Metadata, type TiffOptions } from 'sharp';
import { estimateBytes } from '../../../src/images/cost.ts';
import { readTiff, TAG } from '../../../src/images/inspect/tiff/tiff.ts';
import { makeTiff, type TiffPage } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const WIDTH = 150;
const HEIGHT = 100;
const pixels = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    return [(x * 255) / WIDTH, (y * 255) / HEIGHT, (x * 7 + y * 13) % 251];
  }).flat(),
);

/** The places of the parts of a little-endian file by libvips, and its copy with half the size written for one. */
const partsOf = (bytes: Buffer, tiled: boolean, big: boolean) => {
  const tag = tiled ? TAG.tileBytes : TAG.stripBytes;
  const [page] = readTiff(bytes).pages;
  const offsets = page?.field(tiled ? TAG.tileOffsets : TAG.stripOffsets);
  const sizes = page?.field(tag);
  const entry = page?.entry(tag);
  if (!offsets || !sizes || !entry) throw new Error('The TIFF has no parts.');
  const place = (index: number) => ({ start: offsets.at(index) ?? 0, size: sizes.at(index) ?? 0 });
  const shortened = (index: number): Buffer => {
    const copy = Buffer.from(bytes);
    const each = { 3: 2, 4: 4, 16: 8 }[entry.readUInt16LE(2)] ?? 0;
    const word = big ? 8 : 4;
    const isInline = sizes.count * each <= word;
    const start = isInline ? entry.byteOffset - bytes.byteOffset + 4 + word : entry.readUInt32LE(4 + word);
    copy.writeUIntLE(place(index).size >> 1, start + index * each, Math.min(each, 4));
    return copy;
  };
  return { count: sizes.count, place, shortened };
};

type Damage = (part: Buffer) => void;
/** The second half of a part. */
const DAMAGE: Readonly<Record<string, Damage>> = {
  zeroed: (part) => part.fill(0, part.length >> 1),
  garbled: (part) => {
    for (let at = part.length >> 1; at < part.length; at++) part[at] = ((part[at] ?? 0) * 31 + at * 17 + 5) & 255;
  },
  'zeroed whole': (part) => part.fill(0),
};
/** With the kinds of damage that its data show; one without checksum cannot show all. */
const COMPRESSIONS: readonly (readonly [string, TiffOptions, readonly string[]])[] = [
  ['deflate', { compression: 'deflate' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['deflate', { compression: 'deflate', predictor: 'horizontal' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['lzw', { compression: 'lzw' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['lzw', { compression: 'lzw', predictor: 'horizontal' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['packbits', { compression: 'packbits' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['jpeg', { compression: 'jpeg' }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['jpeg', { compression: 'jpeg', quality: 100 }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
  ['webp', { compression: 'webp' }, ['zeroed whole', 'shortened']],
  ['ccittfax4', { compression: 'ccittfax4', bitdepth: 1 }, ['zeroed', 'garbled', 'zeroed whole', 'shortened']],
];

const LAYOUTS = [{ tile: true, tileWidth: 48, tileHeight: 48 }, { tile: false }] as const;
const shown = (bytes: Buffer): Promise<Buffer> => sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();

describe.each(LAYOUTS)('a TIFF with parts as in %j', (layout) => {
  it.each(COMPRESSIONS)('of %s %j: damage inside a part is found, and whole it is read', async (_, options, kinds) => {
    const source = sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    const image = options.bitdepth === 1 ? source.greyscale().threshold(128).toColourspace('b-w') : source;
    for (const bigtiff of [false, true]) {
      const whole = await image.tiff({ quality: 80, ...options, ...layout, bigtiff }).toBuffer();
      const { bytes } = await run(whole, { format: 'png', quality: 100 });
      expect((await shown(bytes)).equals(await shown(whole))).toBe(true);
      const { count, place, shortened } = partsOf(whole, layout.tile, bigtiff);
      const part = bigtiff ? 0 : count - 1;
      for (const kind of kinds) {
        const { start, size } = place(part);
        const bytes = kind === 'shortened' ? shortened(part) : Buffer.from(whole);
        DAMAGE[kind]?.(bytes.subarray(start, start + size));
        const outcome = await run(bytes).then(
          () => 'completed',
          (error: { code: string }) => error.code,
        );
        expect([part, kind, outcome]).toEqual([part, kind, 'corrupt_image']);
      }
    }
  });
});

describe.each([{}, { bigEndian: true }, { bigTiff: true }, { bigEndian: true, bigTiff: true }])('in %j', (shape) => {
  const page: TiffPage = {
    width: 60,
    height: 40,
    compression: 8,
    pixel: (x, y) => [x / 60, y / 40, ((x * 7 + y * 13) % 32) / 32],
  };
  const small: TiffPage = { width: 8, height: 8, pixel: () => [0, 0, 0], tags: { [TAG.newSubfileType]: 1 } };

  it.each<[string, (picture: TiffPage) => readonly TiffPage[]]>([
    ['the only picture', (picture) => [picture]],
    ['the first of several', (picture) => [picture, page]],
    ['a picture behind its thumbnail', (picture) => [small, picture]],
    ['a picture below its thumbnail', (picture) => [{ ...small, subs: [picture] }]],
  ])('damage is found in %s, and only there', async (_, pages) => {
    for (const layout of [{ tile: 16 }, { rows: 9 }, { rows: 9, planar: true }, { tile: 16, bits: 16 }]) {
      let last = { start: 0, size: 0 };
      const chunks = (offsets: number[], counts: number[]): void => {
        last = { start: offsets.at(-1) ?? 0, size: counts.at(-1) ?? 0 };
      };
      const whole = makeTiff(pages({ ...page, ...layout, chunks }), shape);
      expect((await run(whole)).width).toBe(60);
      const broken = Buffer.from(whole);
      // The checksum alone, which libtiff never comes to.
      broken.writeUInt8(broken.readUInt8(last.start + last.size - 1) ^ 1, last.start + last.size - 1);
      await expect(run(broken)).rejects.toMatchObject({ code: 'corrupt_image' });
    }
  });

  it('a JPEG strip that ends early is found', async () => {
    const jpeg = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .jpeg()
      .toBuffer();
    const tiff = (at: number, size: number): Buffer => {
      const chunks = (offsets: number[], counts: number[]): void => {
        offsets.fill(at);
        counts.fill(size);
      };
      const [width, height] = [WIDTH, HEIGHT];
      return makeTiff([{ width, height, pixel: () => [0, 0, 0], photometric: 6, compression: 7, chunks }, page], shape);
    };
    const { length } = tiff(0, 0);
    expect((await run(Buffer.concat([tiff(length, jpeg.length), jpeg]))).width).toBe(WIDTH);
    const short = tiff(length, jpeg.length >> 1);
    await expect(run(Buffer.concat([short, jpeg]))).rejects.toMatchObject({ code: 'corrupt_image' });
  });
});

describe('what its decoder warns of although the picture is right', () => {
  /** Each strip of 64 rows is the same JPEG. */
  const jpegStrips = async (height: number, chromaSubsampling: string): Promise<Buffer> => {
    const source = sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    const jpeg = await source.resize(64, 64).jpeg({ chromaSubsampling }).toBuffer();
    const tiff = (at: number): Buffer => {
      const chunks = (offsets: number[], counts: number[]) => {
        offsets.fill(at);
        counts.fill(jpeg.length);
      };
      const page = { width: 64, height, rows: 64, pixel: () => [0, 0, 0], photometric: 6, compression: 7, chunks };
      return makeTiff([page]);
    };
    return Buffer.concat([tiff(tiff(0).length), jpeg]);
  };

  it('the subsampling of a JPEG that no tag tells', async () => {
    expect((await run(await jpegStrips(64, '4:2:0'))).height).toBe(64);
    expect((await run(await jpegStrips(64, '4:4:4'))).height).toBe(64);
  });

  it('a last strip with as many rows as the others', async () => {
    expect((await run(await jpegStrips(100, '4:2:0'))).height).toBe(100);
  });

  it('a Deflate part without its end', async () => {
    const whole = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .tiff({ compression: 'deflate', tile: true, tileWidth: 160, tileHeight: 112 })
      .toBuffer();
    const page = readTiff(whole).pages[0];
    const size = page?.value(TAG.tileBytes, 0) ?? 0;
    page?.entry(TAG.tileBytes)?.writeUInt32LE(size - 4, 8);
    expect((await run(whole)).width).toBe(WIDTH);
  });
});

it('a tile far larger than its picture is in the estimate of the memory', async () => {
  const side = 2048;
  const bytes = await sharp({ create: { width: 16, height: 3000, channels: 3, background: 'red' } })
    .tiff({ compression: 'deflate', tile: true, tileWidth: side, tileHeight: side })
    .toBuffer();
  const header = await sharp(bytes).metadata();
  expect(estimateBytes(bytes, header, 'tiff', [{ format: 'jpeg', quality: 50 }])).toBeGreaterThan(3 * 3 * side ** 2);
});

it('so are the lists of many parts', () => {
  const size = { width: 1, height: 1 };
  const header = { ...size, autoOrient: size, channels: 1, depth: 'uchar', hasAlpha: false } as Metadata;
  const estimate = (height: number): number => {
    const bytes = makeTiff([{ width: 1, height, rows: 1, photometric: 1, pixel: () => [0.5] }]);
    // The copy of the file is in it too.
    return estimateBytes(bytes, header, 'tiff', [{ format: 'jpeg', quality: 50 }]) - bytes.length;
  };
  expect(estimate(1001) - estimate(1)).toBe(32_000);
});
