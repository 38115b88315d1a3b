import sharp from 'sharp';
import { difference } from '../../scripts/corpus/colours.mjs';
import { judge } from '../../scripts/corpus/verdict.mjs';

const done = { status: 'completed', width: 60, height: 40, bytesIn: 100, bytesOut: 90, notes: [] as string[] };
const alone = { reads: true, kind: 'tiff', width: 60, height: 40 };
const near = { mean: 0.4, worst: 2 };
const far = { mean: 9, worst: 20 };
const failed = (code: string, message = '') => ({ ...done, status: 'failed', error: { code, message } });

test.each([
  ['same', done, alone, near],
  ['altered', done, alone, far],
  ['altered', done, alone, { mean: 0.5, worst: 40 }],
  ['explained', { ...done, notes: ['profile_converted'] }, alone, far],
  ['altered', { ...done, notes: ['kept_original'] }, alone, far],
  ['explained', done, { ...alone, kind: 'gif', flaw: 'gaps' }, far],
  ['wrong_size', { ...done, width: 40, height: 60 }, { ...alone, kind: 'gif', flaw: 'gaps' }, near],
  ['explained', { ...done, width: 40, height: 60 }, { ...alone, kind: 'png', flaw: 'late_exif' }, far],
  ['wrong_size', { ...done, width: 40, height: 60 }, alone, near],
  ['wrong_size', { ...done, width: 40, notes: ['profile_converted'] }, alone, near],
  ['explained', { ...done, width: 40, notes: ['thumbnail_skipped'] }, alone, near],
  ['larger', { ...done, bytesOut: 101 }, alone, near],
  ['explained', done, { reads: false, error: 'unsupported' }, undefined],
  ['failed', failed('not_an_image'), { reads: false, error: 'unsupported' }, undefined],
  ['refused', failed('not_an_image'), alone, undefined],
  ['refused', failed('unsupported_image_format', 'a kind nobody listed'), alone, undefined],
  ['refused', { ...done, status: 'cancelled' }, alone, undefined],
  ['explained', failed('too_many_pixels', 'too many'), alone, undefined],
  ['explained', failed('corrupt_image', 'damaged'), alone, undefined],
  ['refused', failed('corrupt_image', 'damaged'), { ...alone, kind: 'png' }, undefined],
] as const)('%s: %j next to %j, %j apart', (verdict, image, sharpAlone, apart) => {
  expect(judge(image, sharpAlone, apart).verdict).toBe(verdict);
});

const flat = (background: string) => sharp({ create: { width: 128, height: 128, channels: 4, background } });

test('the difference is ΔE 1976, on white, and a lost part shows in the worst region', async () => {
  const red = await flat('#ff0000').png().toBuffer();
  expect((await difference(red, await flat('#00ff00').png().toBuffer())).mean).toBeCloseTo(170.57, 0);
  expect(
    (await difference(await flat('#00000000').png().toBuffer(), await flat('#fff').png().toBuffer())).mean,
  ).toBeCloseTo(0, 5);
  const hole = { create: { width: 16, height: 16, channels: 3, background: '#ffffff' } } as const;
  const lost = await difference(
    red,
    await flat('#ff0000')
      .composite([{ input: hole, left: 0, top: 0 }])
      .png()
      .toBuffer(),
  );
  expect(lost.mean).toBeLessThan(4);
  expect(lost.worst).toBeGreaterThan(80);
});
