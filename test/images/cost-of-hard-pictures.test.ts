import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { compareWithEstimate, measure } from '../support/compare-memory.ts';
import { makeTiff } from '../support/tiff-maker.ts';

/* Pictures that take more memory than others of their size: all colours, hardly any rows, several passes. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cost-'));
});
afterAll(() => rm(directory, { recursive: true }));

const SIDE = 800;
const noise = (channels: 1 | 2 | 3 | 4, width = SIDE, height = SIDE): Sharp =>
  sharp(randomFillSync(Buffer.alloc(width * height * channels)), { raw: { width, height, channels } });
const flat = (channels: 3 | 4, width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels, background: { r: 90, g: 120, b: 30, alpha: 0.5 } } });
const FAST = { compressionLevel: 1 };
const UP = { orientation: 6 };

/** After the header (PNG, 11.3.2.2). */
const withGamma = (png: Buffer): Buffer => {
  const chunk = Buffer.from('\0\0\0\x04gAMA\0\0\xd9\x03\0\0\0\0', 'latin1');
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 12)), 12);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
};

/** Red, green, blue and two more channels. */
const spots = (bits: number): Buffer => {
  const values = randomFillSync(Buffer.alloc(5 * SIDE));
  const pixel = (x: number, y: number) =>
    Array.from({ length: 5 }, (_, at) => (values[(5 * x + at + y) % values.length] ?? 0) / 255);
  return makeTiff([{ width: SIDE, height: SIDE, bits, extraSamples: [0, 0], pixel, rows: SIDE }]);
};

const CASES: readonly (readonly [string, () => Promise<Buffer>, readonly string[]])[] = [
  ['PNG of all colours', () => noise(3).png(FAST).toBuffer(), ['png', 'webp', 'png:600']],
  ['PNG with all transparencies', () => noise(4).png(FAST).toBuffer(), ['png', 'png::100', 'webp', 'avif']],
  ['PNG of grey with transparency', () => noise(2).png(FAST).toBuffer(), ['webp', 'png', 'jpeg']],
  [
    'PNG of few colours with transparency',
    () => noise(4).png({ palette: true, effort: 1 }).toBuffer(),
    ['webp', 'png'],
  ],
  [
    'PNG of 16 bits with all transparencies',
    () => noise(4).toColourspace('rgb16').png(FAST).toBuffer(),
    ['jpeg', 'jpeg:600', 'webp', 'jpeg,webp:600'],
  ],
  [
    'PNG of 16 bits with gamma',
    async () => withGamma(await noise(4).toColourspace('rgb16').png(FAST).toBuffer()),
    ['jpeg', 'webp'],
  ],
  [
    'PNG of 16-bit grey with gamma',
    async () => withGamma(await noise(1).toColourspace('grey16').png(FAST).toBuffer()),
    ['jpeg', 'webp'],
  ],
  ['WebP with all transparencies', () => noise(4).webp({ lossless: true, effort: 0 }).toBuffer(), ['webp', 'png']],
  ['AVIF with all transparencies', () => noise(4).avif({ effort: 0 }).toBuffer(), ['webp', 'png']],
  ['GIF', () => noise(4).gif({ effort: 1 }).toBuffer(), ['png']],
  [
    'TIFF of 16 bits in one tile',
    () => noise(4).toColourspace('rgb16').tiff({ tile: true, tileWidth: 816, tileHeight: 816 }).toBuffer(),
    ['jpeg', 'webp', 'jpeg,webp:600'],
  ],
  ['TIFF with two spot colours', async () => spots(8), ['jpeg', 'png', 'jpeg,webp:600']],
  ['TIFF of 16 bits with two spot colours', async () => spots(16), ['jpeg']],
  ['JPEG in CMYK', () => noise(3).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), ['jpeg', 'webp', 'avif']],
  ['JPEG of 20 rows', () => flat(3, 60_000, 20).jpeg().toBuffer(), ['jpeg', 'png', 'jpeg:59000']],
  ['JPEG of 20 rows, turned', () => noise(3, 60_000, 20).withMetadata(UP).jpeg().toBuffer(), ['jpeg', 'png::100']],
  ['JPEG of 20 columns, turned', () => noise(3, 20, 60_000).withMetadata(UP).jpeg().toBuffer(), ['jpeg', 'png::100']],
  ['PNG of 20 columns', () => noise(4, 20, 60_000).png(FAST).toBuffer(), ['jpeg', 'png:59000:100']],
  ['JPEG of 100 rows', () => flat(3, 30_000, 100).jpeg().toBuffer(), ['jpeg', 'jpeg:29000']],
  [
    'PNG of 20 rows, turned',
    () => noise(4, 60_000, 20).withMetadata(UP).png(FAST).toBuffer(),
    ['jpeg:10000', 'png:59000:100'],
  ],
  ['PNG of 3 rows', () => noise(4, 400_000, 3).png(FAST).toBuffer(), ['jpeg:10000', 'webp:10000', 'png::100']],
  [
    'PNG of 16 bits and 100 rows, turned',
    () => flat(4, 30_000, 100).toColourspace('rgb16').withMetadata(UP).png(FAST).toBuffer(),
    ['jpeg', 'jpeg:9000'],
  ],
];

for (const [name, make, outputs] of CASES) {
  measure(
    `${name}: what it takes is at most what is estimated`,
    async () => {
      const file = join(directory, name);
      await writeFile(file, await make());
      await compareWithEstimate(name, file, outputs);
    },
    240_000,
  );
}
