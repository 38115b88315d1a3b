import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { stripPngMetadata } from '../../../src/images/strip/png.ts';
import { pngChunk } from '../../support/pictures.ts';
import { makeImage } from '../../support/servers/image-server.mjs';

const SIGNATURE_AND_HEADER = 8 + 25;
const END = 12;

/** The PNG with chunks after its header. */
const withChunks = (png: Buffer, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, SIGNATURE_AND_HEADER), ...chunks, png.subarray(SIGNATURE_AND_HEADER)]);

const uint32s = (...values: number[]): Buffer => {
  const data = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) data.writeUInt32BE(value, 4 * index);
  return data;
};

/** Signature, header, image data and end, nothing else. */
const plain = async (): Promise<Buffer> => {
  const png = await makeImage('png');
  const stripped = stripPngMetadata(png);
  expect(stripped).not.toBeNull();
  return stripped as Buffer;
};

it.each(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'pHYs', 'bKGD', 'prVt', 'caBX'])('removes %s', async (type) => {
  const png = await plain();
  expect(stripPngMetadata(withChunks(png, pngChunk(type, Buffer.from('SECRET'))))).toEqual(png);
});

it('removes data after the end', async () => {
  const png = await plain();
  expect(stripPngMetadata(Buffer.concat([png, Buffer.from('PK\x03\x04SECRET')]))).toEqual(png);
});

it('keeps palette, transparency and pixels', async () => {
  const source = await sharp({ create: { width: 20, height: 10, channels: 4, background: '#f008' } })
    .png({ palette: true })
    .withExif({ IFD0: { Copyright: 'SECRET' } })
    .toBuffer();
  const stripped = stripPngMetadata(source) as Buffer;
  expect(stripped.includes('tRNS')).toBe(true);
  expect(stripped.includes('SECRET')).toBe(false);
  expect(await sharp(stripped).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer());
});

const SRGB = pngChunk('sRGB', Buffer.from([0]));

it('keeps the name of sRGB, and removes what is left of other signals', async () => {
  const png = await plain();
  const signals = [pngChunk('gAMA', uint32s(45_455)), pngChunk('cICP', Buffer.from([1, 13, 0, 1]))];
  expect(stripPngMetadata(withChunks(png, SRGB, ...signals))).toEqual(withChunks(png, SRGB));
});

it('is not kept if it is animated', async () => {
  const png = await plain();
  expect(stripPngMetadata(withChunks(png, pngChunk('acTL', uint32s(1, 0))))).toBeNull();
});

it('returns null for files cut anywhere', async () => {
  const png = await plain();
  for (let length = 0; length < png.length; length += 1) expect(stripPngMetadata(png.subarray(0, length))).toBeNull();
});

it('returns null if any byte is changed', async () => {
  const png = await plain();
  for (let at = 0; at < png.length; at += 1) {
    const changed = Buffer.from(png);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    expect(stripPngMetadata(changed)).toBeNull();
  }
});

it.each([
  ['a chunk before the header', (png: Buffer) => [png.subarray(0, 8), SRGB, png.subarray(8)]],
  ['two headers', (png: Buffer) => [png.subarray(0, SIGNATURE_AND_HEADER), png.subarray(8)]],
  ['an unknown critical chunk', (png: Buffer) => [withChunks(png, pngChunk('CgBI', Buffer.alloc(4)))]],
  ['two sRGB chunks', (png: Buffer) => [withChunks(png, SRGB, SRGB)]],
  ['no image data', (png: Buffer) => [png.subarray(0, SIGNATURE_AND_HEADER), png.subarray(png.length - END)]],
  [
    'image data that is interrupted',
    (png: Buffer) => [
      withChunks(png, pngChunk('IDAT', deflateSync(Buffer.alloc(1))), pngChunk('tEXt', Buffer.from('SECRET'))),
    ],
  ],
  ['a chunk of 4 GB', (png: Buffer) => [withChunks(png, Buffer.from('\xff\xff\xff\xfftEXt\0\0\0\0', 'latin1'))]],
  ['empty bytes', () => [Buffer.alloc(0)]],
  ['a signature followed by zeros', (png: Buffer) => [png.subarray(0, 8), Buffer.alloc(1_000)]],
])('returns null for %s', async (_what, build) => {
  expect(stripPngMetadata(Buffer.concat(build(await plain())))).toBeNull();
});
