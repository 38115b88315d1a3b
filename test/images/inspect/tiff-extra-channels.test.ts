import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { makeTiff, type TiffPage, type TiffShape } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const COLOURS = { grey: [1, [0.4]], rgb: [2, [0.4, 0.1, 0.8]], cmyk: [5, [0.4, 0.2, 0, 0.1]] } as const;
const SHAPES: readonly TiffShape[] = [{}, { bigEndian: true }, { bigTiff: true }, { bigEndian: true, bigTiff: true }];
const LAYOUTS: readonly Partial<TiffPage>[] = [{ rows: 7 }, { tile: 16, compression: 8 }, { planar: true, rows: 5 }];

const page = (colour: keyof typeof COLOURS, extraSamples: readonly number[], extra: readonly number[]): TiffPage => ({
  width: 40,
  height: 24,
  photometric: COLOURS[colour][0],
  extraSamples,
  pixel: () => [...COLOURS[colour][1], ...extra],
});

const firstPixel = async (bytes: Buffer): Promise<readonly number[]> => [
  ...(await sharp(bytes).extract({ left: 5, top: 5, width: 1, height: 1 }).raw().toBuffer()),
];

const expectNear = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual[index] ?? 0) - value)).toBeLessThanOrEqual(2);
};

describe.each([8, 16])('extra channels of %d bits', (bits) => {
  describe.each(LAYOUTS)('in %j', (layout) => {
    it.each(SHAPES)('that are not alpha are dropped (%j)', async (shape) => {
      for (const colour of ['grey', 'rgb', 'cmyk'] as const) {
        const plain = await run(makeTiff([{ ...page(colour, [], []), bits, ...layout }], shape), { quality: 100 });
        expect(plain.notes).toEqual([]);
        for (const extra of [[0.9], [0, 0.9]]) {
          const kinds = extra.map(() => 0);
          const bytes = makeTiff([{ ...page(colour, kinds, extra), bits, ...layout }], shape);
          const output = await run(bytes, { quality: 100 });
          expect(output.notes).toEqual(['extra_channels_dropped']);
          expectNear(await firstPixel(output.bytes), await firstPixel(plain.bytes));
        }
      }
    });

    it.each([
      [
        [2, 0],
        [0.5, 0.9],
      ],
      [
        [0, 2],
        [0.9, 0.5],
      ],
      [
        [0, 2, 0],
        [0, 0.5, 1],
      ],
    ])('beside an alpha (%j) leave the alpha', async (kinds, extra) => {
      const bytes = makeTiff([{ ...page('rgb', kinds, extra), bits, ...layout }]);
      const png = await run(bytes, { format: 'png', quality: 100 });
      expect(png.notes).toEqual(['extra_channels_dropped']);
      expectNear(await firstPixel(png.bytes), [102, 26, 204, 128]);
      const jpeg = await run(bytes, { quality: 100 });
      expectNear(await firstPixel(jpeg.bytes), [178, 140, 229]);
    });
  });
});

it('a premultiplied alpha beside a selection is undone', async () => {
  const bytes = makeTiff([page('rgb', [1, 0], [0.8, 0.3])]);
  const png = await run(bytes, { format: 'png', quality: 100 });
  expectNear(await firstPixel(png.bytes), [127, 32, 255, 204]);
});

it.each([[[2]], [[1]], [undefined]])('an only extra channel of kind %j is alpha', async (extraSamples) => {
  const bytes = makeTiff([{ ...page('rgb', [], [1]), ...(extraSamples ? { extraSamples } : { tags: { 338: null } }) }]);
  const png = await run(bytes, { format: 'png', quality: 100 });
  expect(png.notes).toEqual([]);
  expectNear((await firstPixel(png.bytes)).slice(0, 3), [102, 26, 204]);
});

it('a picture with dropped channels is upright', async () => {
  const bytes = makeTiff([{ ...page('rgb', [0], [0.9]), tags: { 274: 6 } }]);
  expect(await run(bytes)).toMatchObject({ width: 24, height: 40, notes: ['extra_channels_dropped'] });
});

it('more channels than a picture has are refused by their number', async () => {
  const extra = Array<number>(14).fill(0.5);
  const bytes = makeTiff([
    page(
      'rgb',
      extra.map(() => 0),
      extra,
    ),
  ]);
  await expect(run(bytes)).rejects.toMatchObject({
    code: 'unsupported_image_format',
    publicMessage: expect.stringContaining('17 channels'),
  });
});

it('files of other programs', async () => {
  const read = (name: string) => readFileSync(`test/fixtures/pictures/${name}.tif`);
  const selection = await run(read('tiff-alpha-and-selection'));
  const { data } = await sharp(selection.bytes).raw().toBuffer({ resolveWithObject: true });
  expectNear([...data.subarray(0, 3)], [220, 20, 20]);
  expectNear([...data.subarray(-3)], [255, 255, 255]);
  const extra = await run(read('tiff-rgb-extra0'), { quality: 100 });
  const corner = await sharp(extra.bytes).extract({ left: 16, top: 16, width: 1, height: 1 }).raw().toBuffer();
  expectNear([...corner], [115, 82, 68]);
});
