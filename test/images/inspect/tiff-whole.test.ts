import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { makeTiff, type TiffPage } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const page: TiffPage = { width: 40, height: 24, pixel: (x, y) => [x / 40, y / 24, ((x * 7 + y * 13) % 32) / 32] };
const LAYOUTS: readonly Partial<TiffPage>[] = [
  { tile: 16 },
  { tile: 16, compression: 8 },
  { rows: 8 },
  { rows: 8, compression: 8 },
  { rows: 24 },
  { rows: 8, planar: true },
];
const corrupt = { code: 'corrupt_image' };

describe.each(LAYOUTS)('a TIFF in %j', (layout) => {
  it('is read whole', async () => {
    for (const shape of [{}, { bigEndian: true }, { bigTiff: true }]) {
      expect(await run(makeTiff([{ ...page, ...layout }], shape))).toMatchObject({ width: 40, notes: [] });
    }
  });

  it('with a part beyond the end is corrupt', async () => {
    const bytes = makeTiff([{ ...page, ...layout, chunks: (offsets) => offsets.fill(1_000_000, -1) }]);
    await expect(run(bytes)).rejects.toMatchObject(corrupt);
  });

  it('with a part that ends beyond the end is corrupt', async () => {
    const { length } = makeTiff([{ ...page, ...layout }]);
    const bytes = makeTiff([{ ...page, ...layout, chunks: (offsets) => offsets.fill(length - 10, -1) }]);
    await expect(run(bytes)).rejects.toMatchObject(corrupt);
  });

  it('with a part left out is corrupt, and as a map is refused as sparse', async () => {
    const chunks = (offsets: number[], counts: number[]) => {
      offsets.fill(0, -1);
      counts.fill(0, -1);
    };
    await expect(run(makeTiff([{ ...page, ...layout, chunks }]))).rejects.toMatchObject(corrupt);
    await expect(run(makeTiff([{ ...page, ...layout, chunks, tags: { 42113: '0' } }]))).rejects.toMatchObject({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining('sparse'),
    });
  });

  it('with too few parts is corrupt', async () => {
    const chunks = (offsets: number[], counts: number[]) => {
      offsets.pop();
      counts.pop();
    };
    await expect(run(makeTiff([{ ...page, ...layout, chunks }]))).rejects.toMatchObject(corrupt);
  });
});

it('a tiled TIFF cut anywhere is corrupt', async () => {
  for (const compression of ['none', 'lzw', 'deflate', 'jpeg'] as const) {
    const whole = await sharp({
      create: {
        width: 200,
        height: 150,
        channels: 3,
        background: '#369',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .tiff({ compression, tile: true, tileWidth: 64, tileHeight: 64 })
      .toBuffer();
    expect((await run(whole)).width).toBe(200);
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      await expect(run(whole.subarray(0, Math.floor(whole.length * share)))).rejects.toMatchObject(corrupt);
    }
  }
  await expect(run(readFileSync('test/fixtures/pictures/tiff-tiles-cut.tif'))).rejects.toMatchObject(corrupt);
});

it('sizes of parts that libtiff replaces are no damage', async () => {
  const chunks = (_: number[], counts: number[]) => counts.fill(1, 1, 2);
  expect((await run(makeTiff([{ ...page, rows: 8, chunks }]))).width).toBe(40);
  expect((await run(makeTiff([{ ...page, tile: 16, chunks }]))).width).toBe(40);
});
