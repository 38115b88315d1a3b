import sharp from 'sharp';
import { stripJpegMetadata } from '../../../src/images/strip/jpeg.ts';
import { makeImage } from '../../support/servers/image-server.mjs';

const segment = (marker: number, payload: string): Buffer => {
  const body = Buffer.from(payload, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

/** The JPEG with extra segments after its start. */
const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

const pixels = (jpeg: Buffer) => sharp(jpeg).raw().toBuffer();

it.each([
  ['EXIF', segment(0xe1, 'Exif\0\0SECRET')],
  ['XMP', segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0SECRET')],
  ['IPTC', segment(0xed, 'Photoshop 3.0\0SECRET')],
  ['a comment', segment(0xfe, 'SECRET')],
  ['a thumbnail extension', segment(0xe0, 'JFXX\0\x10SECRET')],
  ['an index of further images', segment(0xe2, 'MPF\0SECRET')],
  ['private segments', segment(0xe5, 'SECRET')],
])('removes %s without changing pixels', async (_what, extra) => {
  const jpeg = await makeImage('jpeg');
  const stripped = stripJpegMetadata(withSegments(jpeg, extra));
  expect(stripped).not.toBeNull();
  expect(stripped?.includes('SECRET')).toBe(false);
  expect(await pixels(stripped as Buffer)).toEqual(await pixels(jpeg));
});

it('removes data after the end, as in motion photos and polyglots', async () => {
  const jpeg = await makeImage('jpeg');
  expect(stripJpegMetadata(Buffer.concat([jpeg, Buffer.from('PK\x03\x04SECRET')]))).toEqual(jpeg);
});

it('removes the thumbnail from a JFIF segment and keeps the segment', async () => {
  const jpeg = await makeImage('jpeg');
  const jfif = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01SECRET');
  const stripped = stripJpegMetadata(withSegments(jpeg, jfif));
  expect(stripped).toEqual(withSegments(jpeg, segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0')));
  expect(stripped?.includes('SECRET')).toBe(false);
});

it('keeps the colour profile and the Adobe marker', async () => {
  const profiled = await sharp(await makeImage('jpeg'))
    .withIccProfile('p3')
    .jpeg()
    .toBuffer();
  const adobe = segment(0xee, 'Adobe\0\x64\0\0\0\0\x01');
  const stripped = stripJpegMetadata(withSegments(profiled, adobe)) as Buffer;
  expect(stripped.includes('ICC_PROFILE\0')).toBe(true);
  expect(stripped.includes(adobe)).toBe(true);
  expect(stripped.length).toBeGreaterThanOrEqual(profiled.length);
});

it('handles progressive scans, restart markers and stuffed bytes', async () => {
  const progressive = await sharp(await makeImage('jpeg', { width: 300, height: 300, quality: 100 }))
    .jpeg({ progressive: true, quality: 100 })
    .toBuffer();
  const stripped = stripJpegMetadata(withSegments(progressive, segment(0xfe, 'SECRET'))) as Buffer;
  expect(stripped).toEqual(progressive);
});

it('removes a comment between two scans', async () => {
  const progressive = await sharp(await makeImage('jpeg'))
    .jpeg({ progressive: true })
    .toBuffer();
  const second = progressive.lastIndexOf(Buffer.from([0xff, 0xc4]));
  const hidden = Buffer.concat([
    progressive.subarray(0, second),
    segment(0xfe, 'SECRET'),
    progressive.subarray(second),
  ]);
  expect(stripJpegMetadata(hidden)).toEqual(progressive);
});

it('accepts fill bytes before a marker', async () => {
  const jpeg = await makeImage('jpeg');
  const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)]);
  expect(stripJpegMetadata(filled)).toEqual(jpeg);
});

it('returns null for incomplete files', async () => {
  const jpeg = await makeImage('jpeg');
  for (let length = 0; length < jpeg.length; length += 1)
    expect(stripJpegMetadata(jpeg.subarray(0, length))).toBeNull();
  expect(stripJpegMetadata(await makeImage('png'))).toBeNull();
  expect(stripJpegMetadata(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 1, 0, 0]))).toBeNull();
  expect(stripJpegMetadata(Buffer.from([0xff, 0xd8, 0x12, 0x34]))).toBeNull();
});
