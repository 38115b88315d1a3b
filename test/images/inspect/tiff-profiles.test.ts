import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { makeTiff, type TiffPage } from '../../support/tiff-maker.ts';
import { run } from '../compress-with-defaults.ts';

const profileOf = async (file: string): Promise<Buffer> => {
  const { icc } = await sharp(readFileSync(file)).metadata();
  if (icc === undefined) throw new Error(`${file} has no profile`);
  return icc;
};
const pixels = async (bytes: Buffer): Promise<readonly number[]> => [
  ...(
    await sharp((await run(bytes, { format: 'png', quality: 100 })).bytes)
      .raw()
      .toBuffer()
  ).subarray(0, 4),
];

describe.each([8, 16])('channels dropped beside a profile, %d bits', (bits) => {
  const page: TiffPage = { width: 20, height: 10, bits, pixel: () => [0.6, 0.3, 0.2] };

  it('of RGB', async () => {
    const icc = await profileOf('test/fixtures/pictures/jpeg-adobe-photo.jpg');
    const plain = await pixels(makeTiff([{ ...page, tags: { 34675: icc } }]));
    const [red] = plain;
    expect(red).toBeGreaterThan(153);
    const extra = { ...page, extraSamples: [0], pixel: () => [0.6, 0.3, 0.2, 0.9], tags: { 34675: icc } };
    expect((await pixels(makeTiff([extra]))).slice(0, 3)).toEqual(plain.slice(0, 3));
    const both = { ...extra, extraSamples: [0, 2], pixel: () => [0.6, 0.3, 0.2, 0.9, 0.5] };
    expect(await pixels(makeTiff([both]))).toEqual([...plain.slice(0, 3), 128]);
  });

  it('of grey', async () => {
    const icc = await profileOf('test/fixtures/pictures/png16-gray18.png');
    const grey = { ...page, photometric: 1, tags: { 34675: icc } };
    const plain = await pixels(makeTiff([{ ...grey, pixel: () => [0.5] }]));
    for (const extra of [[0.9], [0.9, 0]]) {
      const bytes = makeTiff([{ ...grey, extraSamples: extra.map(() => 0), pixel: () => [0.5, ...extra] }]);
      expect((await pixels(bytes)).slice(0, 3)).toEqual(plain.slice(0, 3));
    }
  });
});
