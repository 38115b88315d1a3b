import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { CompressOptions } from '../../src/images/compress.ts';
import { ADOBE_RGB, buildProfile, DISPLAY_P3, SRGB } from '../../src/images/inspect/build-profile.ts';
import { readExifColours } from '../../src/images/inspect/exif.ts';
import { withJpegProfile } from '../../src/images/inspect/jpeg.ts';
import { readProfile } from '../../src/images/inspect/read-profile.ts';
import { deltaE, judgeChart } from '../support/chart.ts';
import { pngChunk } from '../support/pictures.ts';
import { makeTiff } from '../support/tiff-maker.ts';
import { run as compress } from './compress-with-defaults.ts';

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/pictures/${name}`);
const CHARTS = JSON.parse(fixture('colour-reference.json').toString()) as Record<string, [number, number, number][]>;
const run = (bytes: Buffer, options: Partial<CompressOptions> = {}) =>
  compress(bytes, { format: 'png', quality: 100, ...options });

test('ΔE2000 is that of the published pairs', () => {
  expect(deltaE([255, 0, 0], [255, 0, 0])).toBe(0);
  expect(deltaE([255, 0, 0], [0, 255, 0])).toBeCloseTo(86.6, 0);
  expect(deltaE([255, 255, 255], [0, 0, 0])).toBeCloseTo(100, 1);
});

test.each([
  ['png16-srgb.png', 'patches', []],
  ['png16a-p3.png', 'patches', ['profile_converted']],
  ['tiff16-adobe.tif', 'patches', ['profile_converted']],
  ['png16-gray18.png', 'gray18', ['profile_converted']],
  ['png8-chrm-adobe.png', 'patches', ['profile_converted']],
  ['png8-cicp-p3.png', 'patches', ['profile_converted']],
  ['png16-gama1.png', 'patches', ['profile_converted']],
  ['avif-p3-nclx.avif', 'patches', ['profile_converted']],
])('%s comes out in sRGB', async (name, key, notes) => {
  const output = await run(fixture(name));
  expect(output.notes).toEqual(notes);
  const { mean, max } = await judgeChart(output.bytes, CHARTS[key] ?? []);
  expect(mean).toBeLessThan(1);
  expect(max).toBeLessThan(3);
});

const red = { create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 40, b: 30 } } } as const;
const firstPixel = async (bytes: Buffer): Promise<readonly [number, number, number]> => {
  const [r = 0, g = 0, b = 0] = await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();
  return [r, g, b];
};

test('16 bits without a profile stay as they are', async () => {
  for (const source of [sharp(red).toColourspace('rgb16').png(), sharp(red).toColourspace('rgb16').tiff()]) {
    const output = await run(await source.toBuffer());
    expect(output.notes).toEqual([]);
    expect(deltaE([200, 40, 30], await firstPixel(output.bytes))).toBeLessThan(1);
  }
});

test('a profile that is none is ignored, in 16 bits too', async () => {
  const png = await sharp(red).toColourspace('rgb16').png().toBuffer();
  const { withPngProfile } = await import('../../src/images/inspect/png.ts');
  const tags = { 34675: Buffer.alloc(200, 7) };
  const pixel = () => [200 / 255, 40 / 255, 30 / 255];
  const tiff = makeTiff([{ width: 8, height: 8, bits: 16, pixel, tags }]);
  for (const source of [withPngProfile(png, tags[34675]), tiff]) {
    const output = await run(source);
    expect(deltaE([200, 40, 30], await firstPixel(output.bytes))).toBeLessThan(1);
  }
});

test.each(['GRAY', 'CMYK'])('a profile of %s in an RGB picture is ignored, and not noted', async (space) => {
  const profile = Buffer.from(buildProfile(DISPLAY_P3, 'srgb'));
  profile.write(space, 16, 'latin1');
  profile.write('kTRC', profile.indexOf('rTRC'), 'latin1');
  const page = { width: 8, height: 8, pixel: () => [200 / 255, 40 / 255, 30 / 255], tags: { 34675: profile } };
  for (const source of [
    withJpegProfile(await sharp(red).jpeg({ quality: 100 }).toBuffer(), profile),
    makeTiff([page]),
    makeTiff([{ ...page, bits: 16 }]),
  ]) {
    const output = await run(source);
    expect(output.notes).toEqual([]);
    expect(deltaE([200, 40, 30], await firstPixel(output.bytes))).toBeLessThan(1);
  }
});

test('high dynamic range is refused by name', async () => {
  await expect(run(fixture('avif-hdr-pq.avif'))).rejects.toMatchObject({
    code: 'unsupported_image_format',
    publicMessage: expect.stringContaining('high dynamic range'),
  });
});

test('a smaller JPEG in another profile is converted, not kept', async () => {
  const output = await run(fixture('jpeg-adobe-photo.jpg'), { format: 'jpeg', quality: 100 });
  expect(output.notes).toEqual(['profile_converted']);
  expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
});

test('colours that EXIF calls uncalibrated are noted', async () => {
  expect((await run(fixture('jpeg-adobe-dcf.jpg'))).notes).toEqual(['uncalibrated_colours']);
});

/** Exif IFD at 26 with one entry, the interoperability IFD at 44 with R03, which is Adobe RGB. */
const R03 = Buffer.from(
  '4578696600004d4d002a000000080001876900040000000100000' +
    '01a00000000' +
    '0001a005000400000001' +
    '0000002c00000000' +
    '0001000100020000000452303300' +
    '00000000',
  'hex',
);
/** Puts chunks behind the header of a PNG without colour chunks. */
const pngWith = async (chunks: Readonly<Record<string, Buffer>>): Promise<Buffer> => {
  const png = await sharp(red).png().toBuffer();
  const parts = Object.entries(chunks).map(([type, data]) => pngChunk(type, data));
  return Buffer.concat([png.subarray(0, 33), ...parts, png.subarray(33)]);
};
const exifChunk = R03.subarray(6);
const gamma = (exponent: number): Buffer => {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(Math.round(100_000 / exponent));
  return data;
};
const primaries = Buffer.alloc(32);
for (const [at, value] of [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06].entries()) {
  primaries.writeUInt32BE(Math.round(value * 100_000), 4 * at);
}

test.each([
  ['its sRGB chunk', { sRGB: Buffer.of(0), eXIf: exifChunk }],
  ['its gamma', { gAMA: gamma(2.2), eXIf: exifChunk }],
  ['its primaries', { cHRM: primaries, eXIf: exifChunk }],
  ['its code points', { cICP: Buffer.of(1, 13, 0, 1), eXIf: exifChunk }],
])('a PNG is sRGB by %s, whatever its EXIF says of the camera', async (_what, chunks) => {
  const output = await run(await pngWith(chunks));
  expect(output.notes).toEqual(['kept_original']);
  expect(await firstPixel(output.bytes)).toEqual([200, 40, 30]);
});

test.each([
  ['nothing', { eXIf: exifChunk }],
  ['unspecified code points', { cICP: Buffer.of(2, 2, 0, 1), eXIf: exifChunk }],
  ['an impossible gamma', { gAMA: gamma(20), eXIf: exifChunk }],
])('a PNG with %s but Adobe RGB in EXIF is converted', async (_what, chunks) => {
  const output = await run(await pngWith(chunks));
  expect(output.notes).toEqual(['profile_converted']);
  expect((await firstPixel(output.bytes))[0]).toBeGreaterThan(215);
});

test('the code points of sRGB come before a profile in a PNG', async () => {
  const { withPngProfile } = await import('../../src/images/inspect/png.ts');
  const tagged = withPngProfile(await sharp(red).png().toBuffer(), buildProfile(ADOBE_RGB, 2.2));
  const cicp = pngChunk('cICP', Buffer.of(1, 13, 0, 1));
  const output = await run(Buffer.concat([tagged.subarray(0, 33), cicp, tagged.subarray(33)]));
  expect(output.notes).toEqual(['profile_converted']);
  expect(await firstPixel(output.bytes)).toEqual([200, 40, 30]);
});

test('Adobe RGB by the interoperability index of EXIF is converted', async () => {
  const exif = (
    await sharp(
      await sharp(red)
        .withExif({ IFD0: { Make: 'A' } })
        .jpeg()
        .toBuffer(),
    ).metadata()
  ).exif;
  expect(readExifColours(exif ?? Buffer.alloc(0))).toBe('uncalibrated');
  expect(readExifColours(R03)).toBe('adobe-rgb');
  const jpeg = await sharp(red).jpeg({ quality: 100 }).toBuffer();
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, R03.length + 2]), R03]);
  const marked = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
  const output = await run(marked);
  expect(output.notes).toEqual(['profile_converted']);
  expect((await firstPixel(output.bytes))[0]).toBeGreaterThan(215);
});

test('profiles that are built are read as what they are', () => {
  expect(readProfile(buildProfile(SRGB, 'srgb'))).toEqual({ space: 'RGB', isSrgb: true });
  expect(readProfile(buildProfile(DISPLAY_P3, 'srgb'))).toEqual({ space: 'RGB', isSrgb: false });
  expect(readProfile(buildProfile(ADOBE_RGB, 2.2))).toEqual({ space: 'RGB', isSrgb: false });
  expect(readProfile(buildProfile(SRGB, 1.8))).toEqual({ space: 'RGB', isSrgb: false });
  expect(readProfile(buildProfile(null, 1.8))).toEqual({ space: 'GRAY', isSrgb: false });
  expect(readProfile(Buffer.alloc(500))).toBeNull();
});

test('sRGB profiles as programs write them are sRGB', async () => {
  const { icc } = await sharp(await sharp(red).withIccProfile('srgb').jpeg().toBuffer()).metadata();
  expect(readProfile(icc ?? Buffer.alloc(0))).toEqual({ space: 'RGB', isSrgb: true });
});

test.each(['rTRC', 'gXYZ'])('a profile without %s converts nothing and is not noted', async (name) => {
  const broken = Buffer.from(buildProfile(ADOBE_RGB, 2.2).toString('latin1').replace(name, 'none'), 'latin1');
  expect(readProfile(broken)).toEqual({ space: 'RGB', isSrgb: true });
  const { withPngProfile } = await import('../../src/images/inspect/png.ts');
  for (const image of [sharp(red), sharp(red).toColourspace('rgb16')]) {
    const output = await run(withPngProfile(await image.png().toBuffer(), broken));
    expect(output.notes).toEqual([]);
    const [r = 0, g = 0, b = 0] = await firstPixel(output.bytes);
    expect(Math.max(Math.abs(r - 200), Math.abs(g - 40), Math.abs(b - 30))).toBeLessThan(2);
  }
});

// Pillow: Image.linear_gradient('L').resize((32, 32)).save('…', subsampling='4:0:0', range='limited')
test('a grey AVIF of limited range has black and white', async () => {
  const { bytes, notes } = await run(fixture('avif-grey-limited.avif'));
  expect(notes).toEqual(['profile_converted']);
  const rows = await sharp(bytes).extractChannel(0).resize(1, 32, { fit: 'fill' }).raw().toBuffer();
  for (const [row, level] of [
    [0, 4],
    [16, 131],
    [31, 251],
  ] as const)
    expect(Math.abs((rows[row] ?? 0) - level)).toBeLessThan(3);
});

test('the background of 16 bits with a profile has its own colour', async () => {
  const tags = { 34675: buildProfile(DISPLAY_P3, 'srgb') };
  const clear = makeTiff([{ width: 16, height: 16, bits: 16, pixel: () => [0, 0, 0, 0], extraSamples: [2], tags }]);
  const { bytes } = await run(clear, { format: 'jpeg', quality: 100, background: '#3366cc' });
  expect(deltaE([0x33, 0x66, 0xcc], await firstPixel(bytes))).toBeLessThan(1.5);
});
