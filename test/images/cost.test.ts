import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { estimateBytes } from '../../src/images/cost.ts';
import { type BmpParts, bmp } from '../support/bmp.ts';
import { compareWithEstimate, measure } from '../support/compare-memory.ts';

const SIDE = 1_400;
const SMALL_SIDE = SIDE / 4;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cost-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Soft noise, which does not compress well. */
const noise = async (): Promise<Sharp> => {
  const small = randomFillSync(Buffer.alloc(SMALL_SIDE ** 2 * 3));
  const raw = await sharp(small, { raw: { width: SMALL_SIDE, height: SMALL_SIDE, channels: 3 } })
    .resize(SIDE, SIDE)
    .raw()
    .toBuffer();
  return sharp(raw, { raw: { width: SIDE, height: SIDE, channels: 3 } });
};
const deep = async (): Promise<Sharp> => (await noise()).ensureAlpha(0.5).toColourspace('rgb16');
const progressive = { progressive: true, chromaSubsampling: '4:4:4' };

const CASES: readonly (readonly [string, () => Promise<Sharp>, readonly string[]])[] = [
  ['JPEG', async () => (await noise()).jpeg(), ['jpeg', 'webp', 'avif', 'jpeg,webp:700,avif:400', 'webp:700,jpeg:350']],
  ['JPEG rotated', async () => (await noise()).withMetadata({ orientation: 6 }).jpeg(), ['jpeg']],
  ['JPEG progressive CMYK', async () => (await noise()).toColourspace('cmyk').jpeg(progressive), ['jpeg', 'webp']],
  [
    'PNG 16 bits interlaced',
    async () => (await deep()).png({ progressive: true, compressionLevel: 1 }),
    ['jpeg', 'webp'],
  ],
  [
    'PNG 16 bits interlaced turned',
    async () => (await deep()).withMetadata({ orientation: 6 }).png({ progressive: true, compressionLevel: 1 }),
    ['jpeg', 'avif', 'webp,jpeg:700,avif:400'],
  ],
  [
    'WebP alpha',
    async () => (await noise()).ensureAlpha(0.5).webp({ lossless: true, effort: 0 }),
    ['jpeg', 'webp', 'webp,avif,jpeg,webp:900,jpeg:100'],
  ],
  ['GIF', async () => (await noise()).gif({ effort: 1 }), ['jpeg', 'webp']],
  [
    'TIFF float turned',
    async () => (await noise()).toColourspace('scrgb').withMetadata({ orientation: 6 }).tiff(),
    ['jpeg', 'webp'],
  ],
  ['TIFF tiled 16 bits', async () => (await deep()).tiff({ tile: true, compression: 'deflate' }), ['jpeg']],
  [
    'AVIF',
    async () => (await noise()).avif({ effort: 0, chromaSubsampling: '4:4:4' }),
    ['jpeg', 'webp', 'jpeg,avif:400'],
  ],
];

/** Decoded here by libheif, see scripts/colour/heic.py. Of the small ones, compiling the decoder is most. */
const HEIC = ['large', 'large-alpha', 'grid-p3-in-tiles', 'alpha'];

for (const [name, make, formats] of CASES) {
  measure(
    `${name}: what it takes is at most what is estimated, and not a small part of it`,
    async () => {
      const file = join(directory, name);
      await (await make()).toFile(file);
      await compareWithEstimate(name, file, formats);
    },
    240_000,
  );
}

measure.each(HEIC)(
  'HEIC, %s: what it takes is at most what is estimated',
  (name) => compareWithEstimate(`HEIC ${name}`, `test/fixtures/heic/${name}.heic`, ['jpeg', 'webp']),
  240_000,
);

/** Decoded here; the same noise. */
const BMP: readonly (readonly [string, Omit<BmpParts, 'data'>])[] = [
  ['24 bits', { bits: 24 }],
  ['32 bits with alpha', { bits: 32, compression: 6, masks: [0xff0000, 0xff00, 0xff, 0xff000000] }],
  ['8 bits', { bits: 8, palette: Array.from({ length: 256 }, (_, value) => [value, 255 - value, value] as const) }],
];

measure.each(BMP)(
  'BMP, %s: what it takes is at most what is estimated',
  async (name, parts) => {
    const file = join(directory, name);
    const rgb = await noise();
    if (parts.bits === 8) rgb.extractChannel(0);
    if (parts.bits === 32) rgb.ensureAlpha(0.5);
    const data = await rgb.raw().toBuffer();
    await writeFile(file, bmp({ ...parts, width: SIDE, height: SIDE, data }));
    await compareWithEstimate(`BMP ${name}`, file, ['jpeg', 'webp']);
  },
  240_000,
);

describe('the metadata of a JPEG', () => {
  const one = { width: 1, height: 1 };
  const header = { ...one, autoOrient: one, channels: 3, depth: 'uchar', hasAlpha: false } as Metadata;
  const estimateOf = (...parts: readonly (readonly number[])[]): number =>
    estimateBytes(Buffer.from([0xff, 0xd8, ...parts.flat()]), header, 'jpeg', [{ format: 'jpeg', quality: 50 }]);
  const segment = [0xff, 0xe1, 0x10, 0x00, ...Array<number>(0x0ffe).fill(7)];
  const scan = [0xff, 0xda, 0x00, 0x02, ...Array<number>(10_000).fill(9)];
  const without = estimateOf(scan);

  it('is counted up to the first scan', () => {
    expect(estimateOf(segment, segment, scan) - without).toBe(5 * 2 * segment.length);
  });

  it('is counted after fill bytes', () => {
    const fill = Array<number>(100).fill(0xff);
    expect(estimateOf(fill, segment, fill, segment, scan) - without).toBe(5 * (200 + 2 * segment.length));
  });

  it('is the whole file if no scan is found', () => {
    const broken = [0, 0, 0, 0, ...segment, ...segment];
    expect(estimateOf(segment, broken) - without).toBe(5 * (segment.length + broken.length));
  });
});
