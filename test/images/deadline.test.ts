import { readFileSync } from 'node:fs';
import { compress } from '../../src/images/compress.ts';
import { startDeadline } from '../../src/images/deadline.ts';
import { compressOutputs } from '../../src/images/outputs.ts';
import type { SourceFormat } from '../../src/images/sniff.ts';
import { makeImage } from '../support/servers/image-server.mjs';

/** A clock that moves on by so many seconds whenever it is read. */
const clock = (seconds: number) => {
  let reads = 0;
  return () => 1000 * seconds * reads++;
};
const optionsOf = (source: SourceFormat) => ({
  ...{ source, format: 'jpeg' as const, quality: 50, maxPixels: 10_000_000, maxSeconds: 60 },
});
const tooLate = { code: 'processing_timeout', publicMessage: expect.stringContaining('60 seconds') };

it('gives what is left in whole seconds, and then no more', () => {
  let ms = 5_000;
  const { secondsLeft } = startDeadline(2, () => ms);
  expect(secondsLeft()).toBe(2);
  ms = 5_400;
  expect(secondsLeft()).toBe(2);
  ms = 6_999;
  expect(secondsLeft()).toBe(1);
  ms = 7_000;
  expect(secondsLeft).toThrow(expect.objectContaining({ code: 'processing_timeout' }));
});

describe('All passes over a picture share its time:', () => {
  it('one pass may take it all', async () => {
    const bytes = await makeImage('jpeg');
    await expect(compress(bytes, optionsOf('jpeg'), undefined, clock(40))).resolves.toMatchObject({ notes: [] });
  });

  it.each([
    ['a first pass for the colours', 'pictures/avif-p3-nclx.avif', 'avif', 40],
    ['dropping channels', 'pictures/tiff-rgb-extra0.tif', 'tiff', 40],
    ['decoding before libvips', 'heic/srgb.heic', 'heic', 60],
  ] as const)('%s', async (_what, file, source, seconds) => {
    const bytes = readFileSync(`test/fixtures/${file}`);
    await expect(compress(bytes, optionsOf(source))).resolves.toBeDefined();
    await expect(compress(bytes, optionsOf(source), undefined, clock(seconds))).rejects.toMatchObject(tooLate);
  });

  it('several outputs', async () => {
    const bytes = await makeImage('jpeg');
    const outputs = (['jpeg', 'webp', 'png'] as const).map((format) => ({ format, quality: 50 }));
    const options = { ...optionsOf('jpeg'), outputs };
    await expect(compressOutputs(bytes, options, undefined, clock(11))).resolves.toBeDefined();
    await expect(compressOutputs(bytes, options, undefined, clock(13))).rejects.toMatchObject(tooLate);
  });
});
