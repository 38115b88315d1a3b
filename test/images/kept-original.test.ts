import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import type { CompressOptions } from '../../src/images/compress.ts';
import { animation, photoLike } from '../support/pictures.ts';
import { makeImage } from '../support/servers/image-server.mjs';
import { run } from './compress-with-defaults.ts';

const METADATA = { IFD0: { Copyright: 'SECRET-OWNER' } };
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>';

/** A picture that grows when it is encoded at quality 100. */
const SMALL: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  jpeg: (picture) => picture.jpeg({ quality: 8 }),
  webp: (picture) => picture.webp({ quality: 5 }),
  'webp, lossless': (picture) => picture.threshold().webp({ lossless: true }),
  avif: (picture) => picture.avif({ quality: 5, effort: 0 }),
  'avif, transparent': (picture) => picture.ensureAlpha(0.5).avif({ quality: 5, effort: 0 }),
  'avif, grey': (picture) => picture.greyscale().avif({ quality: 5, effort: 0 }),
  'avif, 4:2:0': (picture) => picture.avif({ quality: 5, effort: 0, chromaSubsampling: '4:2:0' }),
};

const drawing = (channels: 3 | 4 = 3): Promise<Buffer> =>
  sharp({ create: { width: 200, height: 100, channels, background: channels === 4 ? '#06c8' : '#06c' } })
    .composite([{ input: { create: { width: 80, height: 50, channels: 3, background: '#fa0' } }, left: 7, top: 9 }])
    .png()
    .toBuffer();

const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer();
const formatOf = (name: string) => name.split(',')[0] as CompressOptions['format'];

it.each(Object.entries(SMALL))('a small %s is kept without its metadata', async (name, build) => {
  const picture = sharp(await photoLike(200, 150));
  const source = await build(picture).withExif(METADATA).withXmp(XMP).toBuffer();
  const output = await run(source, { format: formatOf(name), quality: 100 });
  expect(output.notes).toEqual(['kept_original']);
  expect(output.bytes.length).toBeLessThan(source.length);
  expect(output.bytes.includes('SECRET')).toBe(false);
  expect(await pixels(output.bytes)).toEqual(await pixels(source));
  const { exif, xmp, orientation } = await sharp(output.bytes).metadata();
  expect([exif, xmp, orientation]).toEqual([undefined, undefined, undefined]);
});

it('an AVIF that is kept carries the rights that are asked for, and nothing else', async () => {
  const source = await sharp(await photoLike(200, 150))
    .avif({ quality: 5, effort: 0 })
    .withExif({ IFD0: { Copyright: 'A. Owner', Make: 'SECRET' } })
    .toBuffer();
  const output = await run(source, { format: 'avif', quality: 100, metadata: 'rights' });
  expect(output.notes).toContain('kept_original');
  expect(await pixels(output.bytes)).toEqual(await pixels(source));
  const { exif, xmp } = await sharp(output.bytes).metadata();
  expect(exif).toBeUndefined();
  expect(xmp?.toString()).toContain('A. Owner');
  expect(output.bytes.includes('SECRET')).toBe(false);
});

describe('PNG', () => {
  it.each([
    ['two colours', 3, { palette: true, colours: 2 }],
    ['transparency', 4, { palette: true }],
  ] as const)('a palette of %s never grows, at any quality', async (_what, channels, options) => {
    const source = await sharp(await drawing(channels))
      .png({ ...options, compressionLevel: 9, effort: 10 })
      .withExif(METADATA)
      .toBuffer();
    for (const quality of [1, 50, 80, 99, 100]) {
      const output = await run(source, { format: 'png', quality });
      expect(output.bytes.length).toBeLessThanOrEqual(source.length);
      expect(output.bytes.includes('SECRET')).toBe(false);
    }
    const kept = await run(source, { format: 'png', quality: 100 });
    expect(kept.notes).toEqual(['kept_original']);
    expect(await pixels(kept.bytes)).toEqual(await pixels(source));
  });

  it('an uncompressed one is encoded', async () => {
    const source = await sharp(await drawing())
      .png({ compressionLevel: 0 })
      .toBuffer();
    expect((await run(source, { format: 'png', quality: 100 })).notes).toEqual([]);
  });
});

describe('is not kept:', () => {
  const small = (picture: Sharp, format: string) => (SMALL[format] ?? ((same) => same))(picture);
  const photo = () => photoLike(200, 150);

  it.each(['jpeg', 'webp'])('a %s that has to be turned', async (format) => {
    const source = await small(sharp(await photo()).withMetadata({ orientation: 6 }), format).toBuffer();
    const output = await run(source, { format: formatOf(format), quality: 100 });
    expect(output).toMatchObject({ width: 150, height: 200, notes: [] });
  });

  it.each(['jpeg', 'webp', 'avif'])('a %s in Display P3', async (format) => {
    const source = await small(sharp(await photo()).withIccProfile('p3'), format).toBuffer();
    const output = await run(source, { format: formatOf(format), quality: 100 });
    expect(output.notes).not.toContain('kept_original');
    expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
  });

  it('a PNG in Display P3', async () => {
    const source = await sharp(await drawing())
      .withIccProfile('p3')
      .png({ palette: true, colours: 2, effort: 10 })
      .toBuffer();
    expect((await run(source, { format: 'png', quality: 100 })).notes).not.toContain('kept_original');
  });

  it('a JPEG in Adobe RGB', async () => {
    const output = await run(readFileSync('test/fixtures/pictures/jpeg-adobe-photo.jpg'), { quality: 100 });
    expect(output.notes).not.toContain('kept_original');
    expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
  });

  it('a PNG of 16 bits, because every output has 8', async () => {
    for (const space of ['rgb16', 'grey16']) {
      const source = await sharp(await drawing())
        .toColourspace(space)
        .png()
        .toBuffer();
      const output = await run(source, { format: 'png', quality: 100 });
      expect(output.notes).toEqual([]);
      expect((await sharp(output.bytes).metadata()).depth).toBe('uchar');
    }
  });

  it('an AVIF of 10 bits', async () => {
    const source = await sharp(await photo())
      .avif({ quality: 5, effort: 0, bitdepth: 10 })
      .toBuffer();
    expect((await run(source, { format: 'avif', quality: 100 })).notes).toEqual([]);
  });

  it('an animation', async () => {
    const output = await run(await animation('webp'), { format: 'webp', quality: 100 });
    expect(output.notes).toEqual(['first_frame_only']);
  });

  it('a picture of another format', async () => {
    const source = await small(sharp(await photo()), 'jpeg').toBuffer();
    for (const format of ['webp', 'png'] as const) {
      expect((await run(source, { format, quality: 100 })).notes).toEqual([]);
    }
  });
});

it.each(['jpeg', 'webp', 'png'] as const)('a small %s in sRGB is kept with its profile', async (format) => {
  const picture = sharp(format === 'png' ? await drawing() : await photoLike(200, 150)).withIccProfile('srgb');
  const source = await (SMALL[format]?.(picture) ?? picture.png({ palette: true, colours: 2, effort: 10 })).toBuffer();
  expect((await sharp(source).metadata()).icc).toBeDefined();
  const output = await run(source, { format, quality: 100 });
  if (output.bytes.length > source.length) throw new Error(`grew from ${source.length} to ${output.bytes.length}`);
});

it('an image without anything special in JPEG, PNG or WebP is encoded', async () => {
  for (const format of ['jpeg', 'webp', 'png'] as const) {
    const source = await makeImage(format, { width: 200, height: 150, quality: 95 });
    expect((await run(source, { format, quality: 40 })).notes).toEqual([]);
  }
});
