import fc from 'fast-check';
import sharp from 'sharp';
import { AppError } from '../../src/errors.ts';
import { type CompressOptions, compress } from '../../src/images/compress.ts';
import { sniff } from '../../src/images/sniff.ts';
import { tiff, tiffPages } from '../hostile/containers.ts';
import { animation, halves, photoLike, pixelAt, pngBomb } from '../support/pictures.ts';
import { makeImage } from '../support/servers/image-server.mjs';

const run = (bytes: Buffer, options: Partial<CompressOptions> = {}) =>
  compress(bytes, {
    format: 'jpeg',
    quality: 50,
    source: sniff(bytes) as CompressOptions['source'],
    maxPixels: 1_000_000,
    maxSeconds: 60,
    ...options,
  });

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

describe('metadata', () => {
  const exif = { IFD0: { Copyright: 'SECRET-OWNER' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' } };

  it('is removed by re-encoding', async () => {
    const bytes = await sharp(await makeImage('png'))
      .withExif(exif)
      .jpeg({ quality: 100 })
      .toBuffer();
    const { bytes: output, notes } = await run(bytes);
    expect(notes).toEqual([]);
    expect((await sharp(output).metadata()).exif).toBeUndefined();
  });

  it('is removed from a smaller original that is kept', async () => {
    const small = await sharp(await makeImage('png', { width: 200, height: 200 }))
      .withExif(exif)
      .jpeg({ quality: 8 })
      .toBuffer();
    const output = await run(small, { quality: 80 });
    expect(output.notes).toEqual(['kept_original']);
    expect(output.bytes.length).toBeLessThan(small.length);
    expect(output.bytes.includes('SECRET-OWNER')).toBe(false);
    expect((await sharp(output.bytes).metadata()).exif).toBeUndefined();
    expect(await sharp(output.bytes).raw().toBuffer()).toEqual(await sharp(small).raw().toBuffer());
  });

  it('a smaller original is kept only if the output format is JPEG', async () => {
    const small = await sharp(await makeImage('jpeg'))
      .jpeg({ quality: 5 })
      .toBuffer();
    expect((await run(small, { quality: 100, format: 'webp' })).notes).toEqual([]);
  });

  it('a small CMYK original is still converted, because browsers render it differently', async () => {
    const cmyk = await sharp(await makeImage('png'))
      .toColourspace('cmyk')
      .jpeg({ quality: 5 })
      .toBuffer();
    expect((await run(cmyk, { quality: 100 })).notes).toEqual([]);
  });
});

describe('bad images', () => {
  it('a bomb of 50,000 × 50,000 pixels is rejected by its header', async () => {
    const bomb = pngBomb(50_000, 50_000);
    expect(bomb.length).toBeLessThan(5000);
    const before = process.memoryUsage().rss;
    await expect(run(bomb, { maxPixels: 100_000_000 })).rejects.toMatchObject({
      code: 'too_many_pixels',
      publicMessage: expect.stringContaining('50000 × 50000'),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('the pixel limit is exact', async () => {
    const bytes = await makeImage('jpeg', { width: 100, height: 100 });
    await expect(run(bytes, { maxPixels: 9999 })).rejects.toMatchObject({ code: 'too_many_pixels' });
    expect((await run(bytes, { maxPixels: 10_000 })).width).toBe(100);
  });

  it.each([
    ['jpeg', 65_500],
    ['webp', 16_383],
    ['avif', 16_384],
  ] as const)('a side longer than %s allows is rejected', async (format, most) => {
    const strip = (width: number) =>
      sharp({ create: { width, height: 1, channels: 3, background: '#369' } })
        .png()
        .toBuffer();
    expect((await run(await strip(most), { format })).width).toBe(most);
    await expect(run(await strip(most + 1), { format })).rejects.toMatchObject({
      code: 'too_many_pixels',
      publicMessage: expect.stringContaining(`at most ${most} per side`),
    });
  });

  it('too many channels are rejected as an unsupported format', async () => {
    const pixels = Buffer.alloc(400);
    const bytes = tiff((at) => ({ 258: Array<number>(300).fill(8), 273: at, 277: 300, 279: 300 }), pixels);
    await expect(run(bytes)).rejects.toMatchObject({ code: 'unsupported_image_format' });
  });

  it('too many frames are rejected before libvips walks through them', async () => {
    await expect(run(tiffPages(10_001))).rejects.toMatchObject({ code: 'too_many_frames' });
  });

  it('corrupted bytes cause only AppErrors', async () => {
    const whole = await Promise.all(
      (['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const).map((format) => makeImage(format)),
    );
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (bytes, changes) => {
          const changed = Buffer.from(bytes);
          // Not the first bytes, which identify the format.
          for (const { at, bytes: others } of changes) changed.set(others, 12 + Math.floor(at * (changed.length - 24)));
          const error = await run(changed).then(
            () => null,
            (reason: unknown) => reason,
          );
          if (error !== null) expect(error).toBeInstanceOf(AppError);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('a %s cut in half is corrupt', async (format) => {
    const whole = await makeImage(format, { width: 300, height: 300 });
    await expect(run(whole.subarray(0, whole.length >> 1))).rejects.toMatchObject({ code: 'corrupt_image' });
  });

  it('a JPEG without its last part is corrupt', async () => {
    const whole = await makeImage('jpeg', { width: 300, height: 300 });
    await expect(run(whole.subarray(0, whole.length - 500))).rejects.toMatchObject({ code: 'corrupt_image' });
  });

  it('a JPEG with extra bytes between its segments, as some cameras write them, is valid', async () => {
    const whole = await makeImage('jpeg', { width: 64, height: 64 });
    const odd = Buffer.concat([whole.subarray(0, 20), Buffer.from([0, 0, 0]), whole.subarray(20)]);
    await expect(sharp(odd, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow();
    expect((await run(odd)).width).toBe(64);
  });

  it('a magic number followed by noise is corrupt', async () => {
    for (const magic of ['\xff\xd8\xff\xe0', '\x89PNG\r\n\x1a\n', 'GIF89a', 'II*\0', 'RIFF\x20\0\0\0WEBP']) {
      const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(200, 0x5a)]);
      await expect(run(bytes)).rejects.toMatchObject({ code: 'corrupt_image' });
    }
  });

  it('an image that takes too long is aborted', async () => {
    const huge = await makeImage('jpeg', { width: 7000, height: 7000, quality: 100 });
    const slow = run(huge, { format: 'png', quality: 100, maxPixels: 100_000_000, maxSeconds: 1 });
    await expect(slow).rejects.toMatchObject({ code: 'processing_timeout' });
  }, 120_000);
});
