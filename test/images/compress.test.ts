import sharp from 'sharp';
import { animation, halves, photoLike, pixelAt } from '../support/pictures.ts';
import { makeImage } from '../support/servers/image-server.mjs';
import { run } from './compress-with-defaults.ts';

/** Start-of-frame markers of ITU-T T.81, table B.1. */
const BASELINE = 0xc0;
const PROGRESSIVE = 0xc2;

/** The first SOF marker, found by following the segment lengths. */
const frameMarker = (jpeg: Buffer): number | undefined => {
  for (let at = 2; at + 4 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return marker;
  }
  return undefined;
};

/** Compares channels with a small tolerance, because JPEG is lossy. */
const expectColour = (actual: number[], expected: number[], tolerance = 6) => {
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] ?? -999) - value)).toBeLessThanOrEqual(tolerance);
  }
};

describe('every readable format becomes every output format', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('%s', async (source) => {
    const bytes = await makeImage(source, { width: 40, height: 30, quality: 100 });
    for (const [format, detected] of [
      ['jpeg', 'jpeg'],
      ['webp', 'webp'],
      ['avif', 'heif'],
      ['png', 'png'],
    ] as const) {
      const output = await run(bytes, { format });
      const metadata = await sharp(output.bytes).metadata();
      expect(metadata).toMatchObject({ format: detected, width: 40, height: 30, depth: 'uchar' });
      expect(output).toMatchObject({ width: 40, height: 30 });
    }
  });

  it('a lower quality makes a smaller file', async () => {
    const bytes = await makeImage('png', { width: 200, height: 200 });
    for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
      const [low, high] = [await run(bytes, { format, quality: 10 }), await run(bytes, { format, quality: 100 })];
      expect(low.bytes.length).toBeLessThan(high.bytes.length);
    }
  });

  it('JPEG is baseline by default, progressive if requested, and smaller and progressive with mozjpeg', async () => {
    const bytes = await photoLike(640, 480);
    const plain = await run(bytes);
    const progressive = await run(bytes, { progressive: true });
    const mozjpeg = await run(bytes, { mozjpeg: true });
    expect([plain, progressive, mozjpeg].map(({ bytes: output }) => frameMarker(output))).toEqual([
      BASELINE,
      PROGRESSIVE,
      PROGRESSIVE,
    ]);
    expect(mozjpeg.bytes.length).toBeLessThan(plain.bytes.length * 0.95);
    expect(await sharp(progressive.bytes).raw().toBuffer()).toEqual(await sharp(plain.bytes).raw().toBuffer());
  });

  it('PNG at quality 100 changes no pixel', async () => {
    const bytes = await makeImage('png');
    const { bytes: output } = await run(bytes, { format: 'png', quality: 100 });
    expect(await sharp(output).raw().toBuffer()).toEqual(await sharp(bytes).raw().toBuffer());
  });
});

describe('orientation', () => {
  it('EXIF orientation 6 is applied and removed', async () => {
    const bytes = await halves('#ff0000', '#0000ff', 64, 32).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const output = await run(bytes);
    expect(output).toMatchObject({ width: 32, height: 64, notes: [] });
    expect((await sharp(output.bytes).metadata()).orientation).toBeUndefined();
    expectColour(await pixelAt(output.bytes, 16, 8), [254, 0, 0]);
    expectColour(await pixelAt(output.bytes, 16, 56), [0, 0, 254]);
  });

  it('a rotated JPEG is re-encoded even if it grows', async () => {
    const noise = await makeImage('jpeg', { width: 200, height: 200 });
    const tiny = await sharp(noise).jpeg({ quality: 10 }).withMetadata({ orientation: 3 }).toBuffer();
    const output = await run(tiny, { quality: 100 });
    expect(output.notes).toEqual([]);
    expect(output.bytes.length).toBeGreaterThan(tiny.length);
  });
});

describe('colours', () => {
  it('transparency becomes white in JPEG and is kept in the others', async () => {
    const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expectColour(await pixelAt((await run(clear)).bytes, 10, 10), [255, 255, 255]);
    for (const format of ['webp', 'avif', 'png'] as const) {
      expect((await pixelAt((await run(clear, { format })).bytes, 10, 10))[3]).toBe(0);
    }
  });

  it('semi-transparency is blended with white', async () => {
    const half = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#ff000080' } })
      .png()
      .toBuffer();
    expectColour(await pixelAt((await run(half)).bytes, 10, 10), [255, 127, 127]);
  });

  it('CMYK is converted to sRGB with the same colours', async () => {
    const cmyk = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#cc3322' } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const output = await run(cmyk, { quality: 95 });
    expect(await sharp(output.bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
    expect(output.notes).toEqual([]);
    expectColour(await pixelAt(output.bytes, 10, 10), [204, 51, 34], 40);
  });

  it('16 bits are converted to 8 with the same colours', async () => {
    const deep = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#4080c0' } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    for (const format of ['jpeg', 'webp', 'png'] as const) {
      const output = await run(deep, { format, quality: 100 });
      expect((await sharp(output.bytes).metadata()).depth).toBe('uchar');
      expectColour(await pixelAt(output.bytes, 10, 10), [0x40, 0x80, 0xc0]);
    }
  });

  it('a wide-gamut profile is converted, not dropped', async () => {
    const p3 = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#20c040' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const output = await run(p3, { quality: 95 });
    expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
    expectColour(await pixelAt(output.bytes, 10, 10), [0x20, 0xc0, 0x40], 10);
  });

  it('grey remains grey', async () => {
    const grey = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#777777' } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expectColour(await pixelAt((await run(grey)).bytes, 10, 10), [0x77]);
  });
});

describe('animations', () => {
  it.each(['gif', 'webp'] as const)('keeps the first frame of a %s and notes it', async (source) => {
    const bytes = await animation(source);
    for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
      const output = await run(bytes, { format });
      expect(output).toMatchObject({ width: 16, height: 16, notes: ['first_frame_only'] });
      expect((await sharp(output.bytes).metadata()).pages ?? 1).toBe(1);
      expectColour(await pixelAt(output.bytes, 8, 8), [255, 0, 0], 12);
    }
  });
});
