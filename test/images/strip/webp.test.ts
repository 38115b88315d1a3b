import sharp from 'sharp';
import { stripWebpMetadata } from '../../../src/images/strip/webp.ts';
import { animation } from '../../support/pictures.ts';
import { makeImage } from '../../support/servers/image-server.mjs';

const chunk = (type: string, data: Buffer | string): Buffer => {
  const body = Buffer.from(data as string, 'latin1');
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
};

const riff = (...chunks: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
};

/** VP8X of 64 × 48 with these flags. */
const extended = (flags: number): Buffer => chunk('VP8X', Buffer.from([flags, 0, 0, 0, 63, 0, 0, 47, 0, 0]));

let simple: Buffer;
/** The image chunk alone. */
let image: Buffer;
beforeAll(async () => {
  simple = await makeImage('webp');
  image = simple.subarray(12);
});

it('a WebP without metadata stays as it is', async () => {
  expect(stripWebpMetadata(simple)).toEqual(simple);
  const lossless = await sharp(await makeImage('png'))
    .webp({ lossless: true })
    .toBuffer();
  expect(stripWebpMetadata(lossless)).toEqual(lossless);
});

it('removes EXIF, XMP and unknown chunks, their flags, and data after the end', async () => {
  const full = riff(
    extended(0x2c),
    chunk('ICCP', 'profile'),
    chunk('SECR', 'SECRET'),
    image,
    chunk('EXIF', 'SECRET!'),
    chunk('XMP ', 'SECRET'),
  );
  expect(stripWebpMetadata(Buffer.concat([full, Buffer.from('PK\x03\x04')]))).toEqual(
    riff(extended(0x20), chunk('ICCP', 'profile'), image),
  );
});

it('removes what sharp writes and changes no pixel, with transparency in either coding', async () => {
  for (const lossless of [false, true]) {
    const source = await sharp({ create: { width: 21, height: 10, channels: 4, background: '#f008' } })
      .webp({ lossless })
      .withExif({ IFD0: { Copyright: 'SECRET' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>')
      .withIccProfile('srgb')
      .toBuffer();
    const stripped = stripWebpMetadata(source) as Buffer;
    expect(stripped.includes('SECRET')).toBe(false);
    expect(await sharp(stripped).metadata()).toMatchObject({ hasAlpha: true, hasProfile: true });
    expect(await sharp(stripped).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer());
  }
});

it('is not kept if it is animated', async () => {
  expect(stripWebpMetadata(await animation('webp'))).toBeNull();
  expect(stripWebpMetadata(riff(extended(0x02), image))).toBeNull();
  expect(stripWebpMetadata(riff(extended(0), chunk('ANMF', ''), image))).toBeNull();
});

it('returns null for files cut anywhere', async () => {
  const full = riff(extended(0x08), image, chunk('EXIF', 'SECRET'));
  for (let length = 0; length < full.length; length += 1) {
    expect(stripWebpMetadata(full.subarray(0, length))).toBeNull();
  }
});

const sized = (bytes: Buffer, at: number, size: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(size, at);
  return changed;
};

it.each([
  ['a chunk of 4 GB', () => sized(simple, 16, 0xffff_ffff)],
  ['a container of 4 GB', () => sized(simple, 4, 0xffff_ffff)],
  ['a container of no bytes', () => sized(simple, 4, 0)],
  ['no picture', () => riff(extended(0), chunk('EXIF', 'SECRET'))],
  ['two pictures', () => riff(extended(0), image, image)],
  ['a header after the picture', () => riff(image, extended(0))],
  ['a profile without a header', () => riff(chunk('ICCP', 'profile'), image)],
  ['a profile after the picture', () => riff(extended(0x20), image, chunk('ICCP', 'profile'))],
  ['a header that is cut', () => riff(chunk('VP8X', '\0\0'), image)],
  ['zeros', () => riff(Buffer.alloc(800))],
  ['another RIFF file', () => Buffer.from('RIFF\x04\0\0\0WAVE', 'latin1')],
])('returns null for %s', (_what, build) => {
  expect(stripWebpMetadata(build())).toBeNull();
});
