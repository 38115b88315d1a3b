import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { embedded, nclx, untagged, withColours } from '../support/avif.ts';
import { judgeChart } from '../support/chart.ts';
import { pixelAt, pngChunk } from '../support/pictures.ts';
import { run } from './compress-with-defaults.ts';

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/pictures/${name}`);
const CHARTS = JSON.parse(fixture('colour-reference.json').toString()) as Record<string, [number, number, number][]>;
const asPng = { format: 'png', quality: 100 } as const;

/** The chart in Display P3, as an AVIF that does not say so yet. */
const chart = (bitdepth: 8 | 10 | 12, alpha: boolean): Promise<Buffer> => {
  const image = sharp(untagged(fixture('png16a-p3.png')).plain).toColourspace(bitdepth === 8 ? 'srgb' : 'rgb16');
  return (alpha ? image : image.removeAlpha())
    .avif({ bitdepth, quality: 100, chromaSubsampling: '4:4:4', effort: 0 })
    .toBuffer();
};

const CASES = ([8, 10, 12] as const).flatMap((bits) => [
  { bits, alpha: false },
  { bits, alpha: true },
]);

describe.each(CASES)('AVIF of $bits bits, transparency: $alpha', ({ bits, alpha }) => {
  const { profile } = untagged(fixture('png16a-p3.png'));
  const [P3, SRGB] = [nclx(12, 13), nclx(1, 13)];

  it.each([
    ['a profile', [embedded(profile)]],
    ['code points', [P3]],
    ['a profile before the code points of sRGB', [SRGB, embedded(profile)]],
    ['a profile and its code points', [embedded(profile), P3]],
  ])('in Display P3 by %s', async (_what, colours) => {
    const output = await run(withColours(await chart(bits, alpha), ...colours), asPng);
    expect(output.notes).toEqual(['profile_converted']);
    expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
    const { mean, max } = await judgeChart(output.bytes, CHARTS.patches ?? []);
    expect(mean).toBeLessThan(1);
    expect(max).toBeLessThan(3);
  });

  it.each([
    ['the code points of sRGB', [SRGB]],
    ['unspecified code points', [nclx(2, 2)]],
    ['nothing', []],
  ])('in sRGB by %s: its numbers stay', async (_what, colours) => {
    const image = sharp({ create: { width: 16, height: 16, channels: 3, background: '#c8281e' } });
    const source = (alpha ? image.ensureAlpha(0.5) : image).toColourspace(bits === 8 ? 'srgb' : 'rgb16');
    const avif = await source.avif({ bitdepth: bits, quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const output = await run(withColours(avif, ...colours), asPng);
    expect(output.notes).toEqual([]);
    const found = await pixelAt(output.bytes, 8, 8);
    for (const [at, value] of [200, 40, 30].entries()) expect(Math.abs((found[at] ?? 0) - value)).toBeLessThan(4);
  });

  it.each([
    ['PQ', 16],
    ['HLG', 18],
  ])('in %s is refused by name', async (_name, transfer) => {
    const avif = await chart(bits, alpha);
    const refusal = expect.objectContaining({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining('high dynamic range'),
    });
    await expect(run(withColours(avif, nclx(9, transfer)))).rejects.toEqual(refusal);
    await expect(run(withColours(avif, embedded(profile), nclx(9, transfer)))).rejects.toEqual(refusal);
  });
});

test.each([
  ['PQ', 16],
  ['HLG', 18],
])('a PNG in %s is refused by name, in 8 and 16 bits, grey and with a profile', async (_name, transfer) => {
  const cicp = pngChunk('cICP', Buffer.of(9, transfer, 0, 1));
  const image = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#c8281e' } });
  const sources = [image(), image().toColourspace('rgb16'), image().toColourspace('b-w'), image().withIccProfile('p3')];
  for (const source of sources) {
    const png = await source.png().toBuffer();
    await expect(run(Buffer.concat([png.subarray(0, 33), cicp, png.subarray(33)]))).rejects.toMatchObject({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining('high dynamic range'),
    });
  }
});

test('the code points of an AVIF come before Adobe RGB in EXIF, which counts if there are none', async () => {
  const avif = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c8281e' } })
    .withExif({ IFD2: { ColorSpace: '65535' }, ...{ IFD4: { InteroperabilityIndex: 'R03' } } })
    .avif({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
  expect((await run(withColours(avif, nclx(1, 13)), asPng)).notes).toEqual([]);
  expect((await run(avif, asPng)).notes).toEqual(['profile_converted']);
  expect((await run(withColours(avif, nclx(2, 2)), asPng)).notes).toEqual(['profile_converted']);
});
