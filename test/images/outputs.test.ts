import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { compressOutputs, type OutputsOptions, readHeaderFor } from '../../src/images/outputs.ts';
import { sniff } from '../../src/images/sniff.ts';
import type { OutputSpec } from '../../src/output-formats.ts';
import { animation } from '../support/pictures.ts';
import { run } from './compress-with-defaults.ts';

const optionsOf = (bytes: Buffer, outputs: readonly OutputSpec[], more: Partial<OutputsOptions> = {}) => {
  const [first] = outputs as readonly [OutputSpec];
  return {
    ...{ format: first.format, quality: first.quality, outputs },
    ...{ source: sniff(bytes) as OutputsOptions['source'], maxPixels: 1_000_000, maxSeconds: 60 },
    ...more,
  };
};
const outputsOf = async (bytes: Buffer, outputs: readonly OutputSpec[], more: Partial<OutputsOptions> = {}) => {
  const options = optionsOf(bytes, outputs, more);
  const { further = [], ...first } = await compressOutputs(bytes, options, await readHeaderFor(bytes, options));
  return [first, ...further];
};

/** A soft picture of many colours, with a corner that tells how it was turned. */
const picture = (width = 400, height = 300): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: '#336699', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  })
    .blur(3)
    .composite([
      {
        input: { create: { width: width / 4, height: height / 4, channels: 3, background: '#ff8000' } },
        ...{ left: 0, top: 0 },
      },
    ]);
const fixture = (name: string) => readFile(`test/fixtures/pictures/${name}`);

const PNG = { format: 'png', quality: 100 } as const;
const THREE = [
  { format: 'jpeg', quality: 50 },
  { format: 'webp', quality: 60, maxSide: 160 },
  { format: 'avif', quality: 45, maxSide: 80 },
] as const;

test('each output has its format and its longest side, and is noted for the first only', async () => {
  const outputs = await outputsOf(await picture().jpeg({ quality: 95 }).toBuffer(), THREE);
  expect(outputs.map(({ width, height, notes }) => [width, height, notes])).toEqual([
    [400, 300, []],
    [160, 120, ['resized']],
    [80, 60, ['resized']],
  ]);
  for (const [at, { bytes, width, height }] of outputs.entries()) {
    const { format, width: real, height: high } = await sharp(bytes).metadata();
    expect([format === 'heif' ? 'avif' : format, real, high]).toEqual([THREE[at]?.format, width, height]);
  }
});

const SOURCES: Readonly<Record<string, () => Promise<Buffer>>> = {
  JPEG: () => picture().jpeg({ quality: 95 }).toBuffer(),
  'grey JPEG': () => picture().greyscale().jpeg({ quality: 95 }).toBuffer(),
  'CMYK JPEG': () => picture().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
  'turned JPEG': () => picture().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer(),
  'Display P3 JPEG': () => picture().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(),
  'PNG with alpha': () => picture().ensureAlpha(0.5).png().toBuffer(),
  'grey PNG with alpha': () => picture().greyscale().ensureAlpha(0.5).toColourspace('b-w').png().toBuffer(),
  'palette PNG': () => picture().png({ palette: true, colours: 16 }).toBuffer(),
  '16-bit PNG with P3 and alpha': () => fixture('png16a-p3.png'),
  '16-bit grey PNG': () => fixture('png16-gray18.png'),
  'PNG with cHRM': () => fixture('png8-chrm-adobe.png'),
  'TIFF with a selection': () => fixture('tiff-alpha-and-selection.tif'),
  '16-bit TIFF in Adobe RGB': () => fixture('tiff16-adobe.tif'),
  'animated GIF': () => animation('gif'),
  WebP: () => picture().webp({ quality: 95 }).toBuffer(),
  AVIF: () => picture(64, 48).avif({ quality: 90 }).toBuffer(),
};

test.each(Object.keys(SOURCES))('%s: outputs are the pixels and notes that one output alone has', async (name) => {
  const bytes = await (SOURCES[name] as () => Promise<Buffer>)();
  const both = await outputsOf(bytes, [PNG, { ...PNG, maxSide: 24 }, { format: 'jpeg', quality: 90 }]);
  const alone = await Promise.all([
    run(bytes, PNG),
    run(bytes, { ...PNG, maxWidth: 24, maxHeight: 24 }),
    run(bytes, { quality: 90 }),
  ]);
  for (const [at, wanted] of alone.entries()) {
    const output = both[at];
    expect(output).toMatchObject({ width: wanted.width, height: wanted.height, notes: wanted.notes });
    const [is, should] = await Promise.all([
      sharp(output?.bytes).ensureAlpha().raw().toBuffer(),
      sharp(wanted.bytes).ensureAlpha().raw().toBuffer(),
    ]);
    const away = is.reduce((sum, value, place) => sum + Math.abs(value - (should[place] ?? 0)), 0) / is.length;
    // JPEG is decoded smaller where one output alone is.
    expect(away).toBeLessThan(at === 1 ? 2 : 0.01);
  }
});

test('sizes are those of the upright picture, whichever output is the largest', async () => {
  const source = await picture(400, 268).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
  const outputs = await outputsOf(source, [
    { ...PNG, maxSide: 80 },
    { ...PNG, maxSide: 161 },
    { ...PNG, maxSide: 9_999 },
  ]);
  for (const [at, maxSide] of [80, 161, 9_999].entries()) {
    const alone = await run(source, { ...PNG, maxWidth: maxSide, maxHeight: maxSide });
    expect(outputs[at]).toMatchObject({ width: alone.width, height: alone.height });
  }
  expect(outputs[2]).toMatchObject({ width: 268, height: 400, notes: [] });
});

test('maxWidth and maxHeight hold for every output', async () => {
  const source = await picture().png().toBuffer();
  const outputs = await outputsOf(source, [PNG, { ...PNG, maxSide: 350 }, { ...PNG, maxSide: 90 }], { maxHeight: 150 });
  expect(outputs.map(({ width, height }) => [width, height])).toEqual([
    [200, 150],
    [200, 150],
    [90, 68],
  ]);
});

test('an output that would grow is the source without its metadata, each for itself', async () => {
  const source = await picture()
    .jpeg({ quality: 20 })
    .withExif({ IFD0: { Copyright: 'x' } })
    .toBuffer();
  const [small, large, webp] = await outputsOf(source, [
    { format: 'jpeg', quality: 5 },
    { format: 'jpeg', quality: 100 },
    { format: 'webp', quality: 100 },
  ]);
  expect(small?.notes).toEqual([]);
  expect(large?.notes).toEqual(['kept_original']);
  expect((await sharp(large?.bytes).metadata()).exif).toBeUndefined();
  expect(webp?.notes).toEqual([]);
});

test('options of JPEG hold for all outputs in JPEG', async () => {
  const clear = await sharp({
    create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const jpeg = { format: 'jpeg', quality: 100 } as const;
  const options = { background: '#00ff00', progressive: true };
  const [png, first, second] = await outputsOf(clear, [PNG, jpeg, { ...jpeg, maxSide: 8 }], options);
  expect((await sharp(png?.bytes).stats()).isOpaque).toBe(false);
  for (const output of [first, second]) {
    expect((await sharp(output?.bytes).metadata()).isProgressive).toBe(true);
    const [red = 255, green = 0] = await sharp(output?.bytes).raw().toBuffer();
    expect([red < 5, green > 250]).toEqual([true, true]);
  }
});

test('a picture too large for the format of a further output is refused, unless it is made smaller', async () => {
  const wide = await sharp({ create: { width: 16_400, height: 10, channels: 3, background: '#777777' } })
    .png()
    .toBuffer();
  const refused = outputsOf(wide, [PNG, { format: 'webp', quality: 50 }]);
  await expect(refused).rejects.toMatchObject({
    code: 'too_many_pixels',
    publicMessage: expect.stringContaining('WebP'),
  });
  const [, webp] = await outputsOf(wide, [PNG, { format: 'webp', quality: 50, maxSide: 1_000 }]);
  expect(webp).toMatchObject({ width: 1_000, height: 1 });
});

test('a truncated source has no output at all', async () => {
  const source = await picture().jpeg({ quality: 95 }).toBuffer();
  const cut = source.subarray(0, source.length / 2);
  await expect(outputsOf(cut, THREE)).rejects.toMatchObject({ code: 'corrupt_image' });
});

test('all outputs share the time of one image', async () => {
  const source = await picture().png().toBuffer();
  let ms = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => {
    ms += 600;
    return ms;
  });
  const refused = expect(compressOutputs(source, optionsOf(source, THREE, { maxSeconds: 2 }))).rejects;
  await refused.toMatchObject({ code: 'processing_timeout', publicMessage: expect.stringContaining('2 seconds') });
  // Four steps take 2.4 seconds: the pixels and three outputs.
  expect(clock).toHaveBeenCalledTimes(5);
  clock.mockRestore();
});
