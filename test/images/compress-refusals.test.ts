import fc from 'fast-check';
import sharp from 'sharp';
import { AppError } from '../../src/errors.ts';
import { tiff, tiffPages } from '../hostile/containers.ts';
import { pngBomb } from '../support/pictures.ts';
import { makeImage } from '../support/servers/image-server.mjs';
import { run } from './compress-with-defaults.ts';

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
