import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { jpegFrame, requireReadableJpeg } from '../../../src/images/inspect/jpeg.ts';
import { stripJpegMetadata } from '../../../src/images/strip/jpeg.ts';
import { losslessJpeg } from '../../support/lossless-jpeg.ts';
import { pixelAt } from '../../support/pictures.ts';
import { makeImage } from '../../support/servers/image-server.mjs';
import { run } from '../compress-with-defaults.ts';

const arithmetic = readFileSync('test/fixtures/pictures/jpeg-arithmetic-low.jpg');

/** A baseline JPEG whose frame header claims another process or precision. */
const claiming = async (marker: number, precision = 8): Promise<Buffer> => {
  const jpeg = await makeImage('jpeg');
  const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const changed = Buffer.from(jpeg);
  changed[at + 1] = marker;
  changed[at + 4] = precision;
  return changed;
};

describe('arithmetic coding', () => {
  it('is decoded and never kept, even if the result is larger', async () => {
    for (const quality of [50, 100]) {
      const output = await run(arithmetic, { quality });
      expect(output).toMatchObject({ width: 640, height: 480, notes: [] });
      expect(jpegFrame(output.bytes)).toMatchObject({ marker: 0xc0, precision: 8 });
    }
    expect((await run(arithmetic, { quality: 100 })).bytes.length).toBeGreaterThan(arithmetic.length);
  });

  it.each([0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])('a frame %i is not shown by browsers', async (marker) => {
    expect(stripJpegMetadata(await claiming(marker))).toBeNull();
  });

  it('neither are the conditions of its coder', async () => {
    const jpeg = await makeImage('jpeg');
    const conditions = Buffer.from([0xff, 0xcc, 0, 4, 0, 0x10]);
    expect(stripJpegMetadata(Buffer.concat([jpeg.subarray(0, 2), conditions, jpeg.subarray(2)]))).toBeNull();
  });
});

it('a lossless JPEG of 8 bits is decoded right and not kept', async () => {
  const jpeg = losslessJpeg({ width: 64, height: 48, precision: 8, level: 200 });
  const output = await run(jpeg, { quality: 100 });
  expect(output).toMatchObject({ width: 64, height: 48, notes: [] });
  for (const channel of await pixelAt(output.bytes, 63, 47)) expect(Math.abs(channel - 200)).toBeLessThanOrEqual(2);
  expect(stripJpegMetadata(jpeg)).toBeNull();
});

const REFUSED: readonly [string, () => Buffer | Promise<Buffer>][] = [
  ['lossless JPEG in YCbCr', () => losslessJpeg({ width: 8, height: 8, precision: 8, level: 200, isYcbcr: true })],
  ['lossless JPEG of 16 bits', () => losslessJpeg({ width: 8, height: 8, precision: 16, level: 200 })],
  ['lossless JPEG of 12 bits', () => losslessJpeg({ width: 8, height: 8, precision: 12, level: 200 })],
  ['JPEG of 12 bits per colour', () => claiming(0xc1, 12)],
  ['JPEG of 12 bits per colour', () => claiming(0xc2, 12)],
  ['JPEG of 12 bits per colour', () => claiming(0xc9, 12)],
  ['lossless JPEG with arithmetic coding', () => claiming(0xcb)],
  ...[0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf, 0xde].map((marker): (typeof REFUSED)[number] => [
    'hierarchical JPEG',
    () => claiming(marker),
  ]),
  ['JPEG-LS image', () => claiming(0xf7)],
];

it.each(REFUSED)('a %s is refused by name', async (what, build) => {
  await expect(run(await build())).rejects.toMatchObject({
    code: 'unsupported_image_format',
    publicMessage: expect.stringContaining(`a ${what}`),
  });
});

it('baseline, extended and progressive frames are read, after fill bytes and stray bytes too', async () => {
  const jpeg = await makeImage('jpeg');
  const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)]);
  const stray = Buffer.concat([jpeg.subarray(0, 20), Buffer.from([0, 0, 0]), jpeg.subarray(20)]);
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
  const frames = [jpeg, filled, stray, await claiming(0xc1), progressive].map((bytes) => jpegFrame(bytes)?.marker);
  expect(frames).toEqual([0xc0, 0xc0, 0xc0, 0xc1, 0xc2]);
});

it('finds nothing in what is cut or contradictory, and does not hang', async () => {
  const jpeg = await makeImage('jpeg');
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  for (let length = 0; length < frame + 5; length += 1) expect(jpegFrame(jpeg.subarray(0, length))).toBeNull();
  for (const rest of [
    '\xff\xe1\0\0',
    '\xff\xe1\xff\xff',
    '\xff\xd9',
    '\xff\xff\xff\xff\xff',
    '\0\0\0\0\0',
    '\xff\xd0\xff\0',
  ]) {
    const bytes = Buffer.from(`\xff\xd8${rest}`, 'latin1');
    expect(jpegFrame(bytes)).toBeNull();
    expect(() => requireReadableJpeg(bytes)).not.toThrow();
  }
});
