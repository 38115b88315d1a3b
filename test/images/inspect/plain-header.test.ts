import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { readPlainHeader } from '../../../src/images/inspect/plain-header.ts';
import { requireReadable } from '../../../src/images/sniff.ts';

const canvas = (channels: 3 | 4, width = 37, height = 21) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 90, b: 20, alpha: 0.5 } } });

const plain = (bytes: Buffer) => readPlainHeader(bytes, requireReadable(bytes));

/** What sharp says of the same file, as far as a plain header says it. */
const byLibvips = async (bytes: Buffer) => {
  const { format, width, height, space, channels, depth, isProgressive, hasProfile, hasAlpha, autoOrient } =
    await sharp(bytes).metadata();
  return { format, width, height, space, channels, depth, isProgressive, hasProfile, hasAlpha, autoOrient };
};

const PLAIN: readonly (readonly [string, () => Sharp])[] = [
  ['baseline JPEG', () => canvas(3).jpeg()],
  ['progressive JPEG', () => canvas(3).jpeg({ progressive: true })],
  ['JPEG without subsampling', () => canvas(3).jpeg({ chromaSubsampling: '4:4:4' })],
  ['grey JPEG', () => canvas(3).toColourspace('b-w').jpeg()],
  ['PNG', () => canvas(3).png()],
  ['interlaced PNG', () => canvas(3).png({ progressive: true })],
  ['PNG with alpha', () => canvas(4).png()],
  ['WebP', () => canvas(3).webp()],
];

test.each(PLAIN)('%s: the header is what libvips reads', async (_, make) => {
  const bytes = await make().toBuffer();
  expect(plain(bytes)).not.toBeNull();
  expect(plain(bytes)).toEqual(await byLibvips(bytes));
});

test.each<readonly [string, () => Sharp]>([
  ['JPEG with EXIF', () => canvas(3).withMetadata({ orientation: 6 }).jpeg()],
  ['JPEG with a profile', () => canvas(3).withIccProfile('p3').jpeg()],
  ['JPEG in CMYK', () => canvas(3).toColourspace('cmyk').jpeg()],
  ['PNG of 16 bits', () => canvas(3).toColourspace('rgb16').png()],
  ['grey PNG', () => canvas(3).toColourspace('b-w').png()],
  ['PNG with a palette', () => canvas(3).png({ palette: true })],
  ['PNG with a profile', () => canvas(3).withIccProfile('p3').png()],
  ['PNG with EXIF', () => canvas(3).withMetadata({ orientation: 3 }).png()],
  ['WebP with alpha', () => canvas(4).webp()],
  ['lossless WebP', () => canvas(4).webp({ lossless: true })],
  ['WebP with EXIF', () => canvas(3).withMetadata({ orientation: 8 }).webp()],
  ['GIF', () => canvas(3).gif()],
])('%s is left to libvips', async (_, make) => {
  expect(plain(await make().toBuffer())).toBeNull();
});

test('of every picture of the fixtures it says what libvips says, or nothing', async () => {
  const folders = ['test/fixtures/pictures', 'samples/photos'].map((folder) => join(__dirname, '../../..', folder));
  let read = 0;
  for (const folder of folders) {
    for (const name of (await readdir(folder)).filter((each) => /\.(jpe?g|png|webp)$/.test(each))) {
      const bytes = await readFile(join(folder, name));
      const header = plain(bytes);
      if (header === null) continue;
      read += 1;
      expect([name, header]).toEqual([name, await byLibvips(bytes)]);
    }
  }
  expect(read).toBeGreaterThan(0);
});

test.each(PLAIN)('%s: cut or damaged anywhere, it says nothing or what it said of the whole file', async (_, make) => {
  const bytes = await make().toBuffer();
  const whole = plain(bytes);
  for (let length = 0; length < Math.min(bytes.length, 700); length += 1) {
    const source = whole?.format as 'jpeg' | 'png' | 'webp';
    expect([null, whole]).toContainEqual(readPlainHeader(bytes.subarray(0, length), source));
    const damaged = Buffer.from(bytes);
    damaged[length] = 0xff;
    expect(() => readPlainHeader(damaged, source)).not.toThrow();
  }
});
