import sharp from 'sharp';
import { fitInside } from '../../src/images/size.ts';
import { OUTPUT_FORMAT_NAMES } from '../../src/output-formats.ts';
import { run } from './compress-with-defaults.ts';

test.each([
  [{ width: 400, height: 300 }, { maxWidth: 100 }, { width: 100, height: 75 }],
  [{ width: 400, height: 300 }, { maxHeight: 100 }, { width: 133, height: 100 }],
  [
    { width: 400, height: 300 },
    { maxWidth: 100, maxHeight: 50 },
    { width: 67, height: 50 },
  ],
  [
    { width: 400, height: 300 },
    { maxWidth: 400, maxHeight: 300 },
    { width: 400, height: 300 },
  ],
  [
    { width: 40, height: 30 },
    { maxWidth: 100, maxHeight: 100 },
    { width: 40, height: 30 },
  ],
  [{ width: 10_000, height: 1 }, { maxWidth: 100 }, { width: 100, height: 1 }],
  [
    { width: 3, height: 65_500 },
    { maxWidth: 1, maxHeight: 1 },
    { width: 1, height: 1 },
  ],
  [{ width: 400, height: 300 }, {}, { width: 400, height: 300 }],
])('%j within %j is %j', (size, limits, wanted) => {
  expect(fitInside(size, limits)).toEqual(wanted);
});

/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#0000ff' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: '#ff0000' } }, left: 0, top: 0 },
  ]);

test.each(OUTPUT_FORMAT_NAMES)('an output as %s fits inside and is noted', async (format) => {
  const output = await run(await halves(400, 300).png().toBuffer(), { format, maxWidth: 100, maxHeight: 200 });
  expect(output).toMatchObject({ width: 100, height: 75, notes: ['resized'] });
  expect(await sharp(output.bytes).metadata()).toMatchObject({ width: 100, height: 75 });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'the limits are those of the upright picture, orientation %i',
  async (orientation) => {
    const source = await halves(400, 200).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const upright = await sharp(source)
      .autoOrient()
      .resize(orientation > 4 ? { height: 100 } : { width: 100 })
      .raw()
      .toBuffer();
    const output = await run(source, { format: 'png', quality: 100, maxWidth: 100, maxHeight: 100 });
    expect(output).toMatchObject(orientation > 4 ? { width: 50, height: 100 } : { width: 100, height: 50 });
    const pixels = await sharp(output.bytes).removeAlpha().raw().toBuffer();
    const away = pixels.reduce((sum, value, at) => sum + Math.abs(value - (upright[at] ?? 0)), 0) / pixels.length;
    expect(away).toBeLessThan(2);
  },
);

test('nothing is enlarged, and what fits has no note', async () => {
  const output = await run(await halves(40, 30).png().toBuffer(), { maxWidth: 100, maxHeight: 100 });
  expect(output).toMatchObject({ width: 40, height: 30, notes: [] });
});

test('a picture too large for its format is fine once it is made smaller', async () => {
  const wide = await sharp({ create: { width: 16_400, height: 10, channels: 3, background: '#777777' } })
    .png()
    .toBuffer();
  await expect(run(wide, { format: 'webp' })).rejects.toMatchObject({ code: 'too_many_pixels' });
  expect(await run(wide, { format: 'webp', maxWidth: 1_000 })).toMatchObject({ width: 1_000, height: 1 });
});

test.each([
  ['#00ff00', [0, 255, 0]],
  [undefined, [255, 255, 255]],
])('transparent sources in JPEG are on the background %s', async (background, wanted) => {
  const clear = await sharp({
    create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const output = await run(clear, { quality: 100, ...(background === undefined ? {} : { background }) });
  const [r = 0, g = 0, b = 0] = await sharp(output.bytes).raw().toBuffer();
  for (const [at, value] of [r, g, b].entries()) expect(Math.abs(value - (wanted[at] ?? 0))).toBeLessThan(4);
});
