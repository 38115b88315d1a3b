import sharp from 'sharp';
import { ADOBE_RGB, buildProfile, DISPLAY_P3 } from '../../../src/images/inspect/build-profile.ts';
import { requireReadable } from '../../../src/images/sniff.ts';
import { type BmpParts, bmp } from '../../support/bmp.ts';
import { pixelAt } from '../../support/pictures.ts';
import { run } from '../compress-with-defaults.ts';

const asPng = { format: 'png', quality: 100 } as const;

/** Red and green above, blue and white below, in a picture of 16 × 8. */
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const;
const quarter = (x: number, y: number): number => (x < 8 ? 0 : 1) + (y < 4 ? 0 : 2);
const quartersOf = (bytes: Buffer): Promise<number[][]> =>
  Promise.all([pixelAt(bytes, 0, 0), pixelAt(bytes, 15, 3), pixelAt(bytes, 7, 4), pixelAt(bytes, 15, 7)]);

/** The four colours with these masks, in full. */
const masked =
  (masks: readonly number[]) =>
  (x: number, y: number): number =>
    (COLOURS[quarter(x, y)] ?? []).reduce((value, on, at) => value | (on > 0 ? (masks[at] ?? 0) : 0), masks[3] ?? 0);

const direct = (bits: number, masks: readonly number[], parts: Partial<BmpParts> = {}): Buffer =>
  bmp({ bits, compression: 3, masks, pixel: masked(masks), ...parts });
const indexed = (bits: number, parts: Partial<BmpParts> = {}): Buffer =>
  bmp({ bits, palette: COLOURS, pixel: quarter, ...parts });

const RGB888 = [0xff0000, 0xff00, 0xff];
const RGB555 = [0x7c00, 0x03e0, 0x001f];

/** From the bottom: a repeated run and an absolute one in each row. */
const runs = (bits: 4 | 8, from: readonly number[]): Buffer => {
  const row = (left: number, right: number): number[] =>
    bits === 8
      ? [8, left, 0, 7, ...Array<number>(7).fill(right), 0, 1, right, 0, 0]
      : [8, left * 17, 0, 7, right * 17, right * 17, right * 17, right * 17, 1, right * 17, 0, 0];
  const [blue = 2, white = 3, red = 0, green = 1] = from;
  const [below, above] = [row(blue, white), row(red, green)];
  return Buffer.from([...below, ...below, ...below, ...below, ...above, ...above, ...above, ...above, 0, 1]);
};

describe('what a BMP can hold', () => {
  it.each([
    ['2 bits', indexed(2)],
    ['4 bits', indexed(4)],
    ['8 bits', indexed(8)],
    ['8 bits, header of OS/2 1', indexed(8, { size: 12 })],
    [
      '4 bits, short header of OS/2 2',
      indexed(4, { size: 16, palette: [...COLOURS, ...COLOURS, ...COLOURS, ...COLOURS] }),
    ],
    ['8 bits, header of OS/2 2', indexed(8, { size: 64 })],
    ['8 bits from the top', indexed(8, { isTopDown: true })],
    ['8 bits, more colours stated than there are', indexed(8, { colours: 0 })],
    ['8 bits, an impossible number of colours', indexed(8, { colours: 0x12345678 })],
    ['16 bits', bmp({ bits: 16, pixel: masked(RGB555) })],
    ['16 bits from the top', bmp({ bits: 16, pixel: masked(RGB555), isTopDown: true })],
    ['16 bits 565', direct(16, [0xf800, 0x07e0, 0x001f])],
    ['16 bits 231', direct(16, [0x30, 0x0e, 0x01])],
    ['24 bits', bmp({ bits: 24, pixel: masked(RGB888) })],
    ['24 bits, header of OS/2 1', bmp({ bits: 24, pixel: masked(RGB888), size: 12 })],
    ['24 bits, palette beside', bmp({ bits: 24, pixel: masked(RGB888), palette: COLOURS })],
    ['32 bits', bmp({ bits: 32, pixel: masked(RGB888) })],
    ['32 bits, other masks', direct(32, [0xff, 0xff00, 0xff0000])],
    ['32 bits 11-11-10', direct(32, [0xffe00000, 0x1ffc00, 0x3ff])],
    ['32 bits, masks in the header', direct(32, [0xff00, 0xff0000, 0xff000000], { size: 52 })],
    ['32 bits, header of version 4', direct(32, RGB888, { size: 108 })],
    ['32 bits, unused byte in use', bmp({ bits: 32, pixel: masked([...RGB888, 0x77000000]) })],
    ['32 bits, alpha in the header but always zero', direct(32, RGB888, { size: 56, fields: { 52: 0xff000000 } })],
    ['run lengths of 8 bits', indexed(8, { compression: 1, data: runs(8, [2, 3, 0, 1]) })],
    ['run lengths of 4 bits', indexed(4, { compression: 2, data: runs(4, [2, 3, 0, 1]) })],
    ['run lengths without an end', indexed(8, { compression: 1, data: runs(8, [2, 3, 0, 1]).subarray(0, -2) })],
  ])('%s', async (_what, bytes) => {
    expect(requireReadable(bytes)).toBe('bmp');
    const output = await run(bytes, asPng);
    expect(output).toMatchObject({ width: 16, height: 8, notes: [] });
    expect((await quartersOf(output.bytes)).map((pixel) => pixel.slice(0, 3))).toEqual(COLOURS);
    expect((await sharp(output.bytes).stats()).isOpaque).toBe(true);
  });

  it('1 bit, in the colours of its palette, and widths that are no multiple of 8', async () => {
    const palette = [
      [10, 20, 30],
      [200, 100, 0],
    ] as const;
    const { bytes } = await run(bmp({ width: 13, bits: 1, palette, pixel: (x) => x & 1 }), asPng);
    expect(await Promise.all([pixelAt(bytes, 12, 0), pixelAt(bytes, 11, 7)])).toEqual(palette);
  });

  it('values between, rounded to 8 bits', async () => {
    const source = bmp({ bits: 16, pixel: (x) => (x * 2) << 10 });
    const { bytes } = await run(source, asPng);
    for (let x = 0; x < 16; x += 1) expect(await pixelAt(bytes, x, 0)).toEqual([Math.round((x * 2 * 255) / 31), 0, 0]);
  });

  it('colours of RLE4 take turns in a run', async () => {
    const data = Buffer.from([15, 0x01, 0, 0, 0, 1]);
    const { bytes } = await run(indexed(4, { width: 15, height: 1, compression: 2, data }), asPng);
    expect(await Promise.all([0, 1, 13, 14].map((x) => pixelAt(bytes, x, 0)))).toEqual(
      [0, 1, 1, 0].map((index) => COLOURS[index]),
    );
  });

  it('a repeated run ends with the row', async () => {
    const data = Buffer.from([255, 0, 0, 0, 16, 1, 0, 1]);
    const { bytes } = await run(indexed(8, { height: 2, compression: 1, data }), asPng);
    expect(await Promise.all([pixelAt(bytes, 0, 0), pixelAt(bytes, 15, 1)])).toEqual([COLOURS[1], COLOURS[0]]);
  });

  it('the padding of the last row may be missing', async () => {
    const bytes = bmp({ width: 3, height: 2, bits: 24, pixel: () => 0xff0000 });
    expect(await run(bytes.subarray(0, -3), asPng)).toMatchObject({ width: 3, height: 2 });
  });
});

describe('transparency', () => {
  const masks = [...RGB888, 0xff000000];
  const half = (x: number): number => ((x < 8 ? 0xff : 0) * 0x1000000 + 0xff0000) >>> 0;

  it.each([
    ['masks of version 3', bmp({ bits: 32, compression: 3, masks, size: 56, pixel: half })],
    ['masks of version 5', bmp({ bits: 32, compression: 3, masks, size: 124, pixel: half })],
    ['masks with alpha behind the header', bmp({ bits: 32, compression: 6, masks, pixel: half })],
    ['alpha of version 4 without masks', bmp({ bits: 32, masks, size: 108, pixel: half })],
    [
      '16 bits 4444',
      bmp({
        ...{ bits: 16, compression: 3, size: 124 },
        masks: [0xf00, 0xf0, 0xf, 0xf000],
        pixel: (x) => (x < 8 ? 0xff00 : 0x0f00),
      }),
    ],
  ])('%s', async (_what, bytes) => {
    const png = await run(bytes, asPng);
    expect(await pixelAt(png.bytes, 0, 0)).toEqual([255, 0, 0, 255]);
    expect((await pixelAt(png.bytes, 15, 0))[3]).toBe(0);
    const jpeg = await run(bytes, { quality: 100, background: '#0000ff' });
    for (const [at, value] of (await pixelAt(jpeg.bytes, 14, 2)).entries()) {
      expect(Math.abs(value - (at === 2 ? 255 : 0))).toBeLessThan(4);
    }
  });

  it('pixels that run lengths skip are transparent, as in browsers', async () => {
    // One red pixel at the left, then 5 to the right and 2 up, and one green pixel.
    const data = Buffer.from([1, 0, 0, 2, 5, 2, 1, 1, 0, 1]);
    const { bytes } = await run(indexed(8, { compression: 1, data }), asPng);
    expect(await pixelAt(bytes, 0, 7)).toEqual([255, 0, 0, 255]);
    expect(await pixelAt(bytes, 6, 5)).toEqual([0, 255, 0, 255]);
    expect((await pixelAt(bytes, 1, 7))[3]).toBe(0);
  });
});

describe('colours', () => {
  const red = (parts: Partial<BmpParts>): Buffer => bmp({ bits: 24, size: 124, pixel: () => 0xc8281e, ...parts });
  const fixed = (value: number, bits: number): number => Math.round(value * 2 ** bits);
  const calibrated = (
    gamma: number,
    [...points]: readonly number[] = [0.64, 0.33, 0.21, 0.71, 0.15, 0.06],
  ): BmpParts['fields'] => ({
    56: 0,
    ...Object.fromEntries(
      [0, 1, 2].flatMap((at) => {
        const [x = 0, y = 0] = points.slice(2 * at);
        return [x, y, 1 - x - y].map((value, axis) => [60 + 12 * at + 4 * axis, fixed(value, 30)]);
      }),
    ),
    ...Object.fromEntries([96, 100, 104].map((at) => [at, fixed(gamma, 16)])),
  });
  const pixelOf = async (bytes: Buffer): Promise<number[]> => pixelAt((await run(bytes, asPng)).bytes, 8, 4);
  const [SRGB, LINKED, EMBEDDED] = [0x73524742, 0x4c494e4b, 0x4d424544];

  it.each([
    ['an embedded profile', red({ fields: { 56: EMBEDDED }, profile: buildProfile(ADOBE_RGB, 563 / 256) })],
    ['primaries and an exponent', red({ fields: calibrated(563 / 256) ?? {} })],
    ['the inverse of the exponent', red({ fields: calibrated(256 / 563) ?? {}, size: 108 })],
  ])('%s', async (_what, bytes) => {
    expect((await run(bytes)).notes).toEqual(['profile_converted']);
    const [r = 0, g = 0, b = 0] = await pixelOf(bytes);
    // Adobe RGB (200, 40, 30) is beyond sRGB's red.
    expect(r).toBeGreaterThan(225);
    expect(g).toBeLessThan(45);
    expect(b).toBeLessThan(45);
  });

  it.each([
    ['sRGB', red({ fields: { 56: SRGB } })],
    ['calibrated without values', red({ fields: { 56: 0 } })],
    ['calibrated like sRGB', red({ fields: calibrated(2.2, [0.64, 0.33, 0.3, 0.6, 0.15, 0.06]) ?? {} })],
    ['calibrated on a line', red({ fields: calibrated(2.2, [0.3, 0.3, 0.4, 0.4, 0.5, 0]) ?? {} })],
  ])('%s stays as it is', async (_what, bytes) => {
    expect((await run(bytes)).notes).toEqual([]);
    expect(await pixelOf(bytes)).toEqual([200, 40, 30]);
  });

  it.each([
    [
      'a linked profile, whose name is not read',
      red({ fields: { 56: LINKED }, profile: Buffer.from('/etc/passwd\0') }),
    ],
    ['a profile outside the file', red({ fields: { 56: EMBEDDED, 112: 0x7fffffff, 116: 500 } })],
    ['a profile that is none', red({ fields: { 56: EMBEDDED }, profile: Buffer.alloc(500, 7) })],
    ['a profile for grey', red({ fields: { 56: EMBEDDED }, profile: buildProfile(null, 1.8) })],
    ['an exponent for each colour', red({ fields: { ...calibrated(2.2), 96: fixed(1.8, 16) } })],
  ])('%s is noted', async (_what, bytes) => {
    expect((await run(bytes)).notes).toEqual(['uncalibrated_colours']);
    expect(await pixelOf(bytes)).toEqual([200, 40, 30]);
  });

  it('Display P3 of an embedded profile with transparency', async () => {
    const masks = [...RGB888, 0xff000000];
    const profile = buildProfile(DISPLAY_P3, 'srgb');
    const bytes = bmp({
      ...{ bits: 32, compression: 3, masks, size: 124, profile },
      fields: { 56: EMBEDDED },
      pixel: (x) => (x < 8 ? 0x80c8281e : 0xffc8281e),
    });
    const output = await run(bytes, asPng);
    expect(output.notes).toEqual(['profile_converted']);
    expect((await pixelAt(output.bytes, 0, 0))[3]).toBe(0x80);
    expect((await pixelAt(output.bytes, 15, 0))[0]).toBeGreaterThan(210);
  });
});
