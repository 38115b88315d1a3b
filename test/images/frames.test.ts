import { countFrames } from '../../src/images/frames.ts';
import { times } from '../hostile/case.ts';
import {
  ANIM,
  anmf,
  GIF_END,
  gifFrame,
  gifHeader,
  pictureChunk,
  riffChunk,
  tiffPages,
  vp8x,
  webp,
} from '../hostile/containers.ts';
import { animation } from '../support/pictures.ts';
import { makeImage } from '../support/servers/image-server.mjs';

const picture = async () => pictureChunk(await makeImage('webp', { width: 1, height: 1 }));

test.each(['gif', 'webp'] as const)('counts the frames of a %s', async (format) => {
  expect(countFrames(await animation(format, 3), format, 100)).toBe(3);
  expect(countFrames(await makeImage(format), format, 100)).toBe(1);
});

test('counts the pages of a TIFF, and each page of a circular chain once', async () => {
  expect(countFrames(tiffPages(5), 'tiff', 100)).toBe(5);
  expect(countFrames(tiffPages(5, true), 'tiff', 100)).toBe(5);
  expect(countFrames(await makeImage('tiff'), 'tiff', 100)).toBe(1);
});

test('counts the pages of big-endian and of 64-bit files', () => {
  const big = Buffer.from('MM\0*\0\0\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0', 'latin1');
  expect(countFrames(big, 'tiff', 100)).toBe(2);
  const wide = Buffer.alloc(48);
  wide.write('II+\0\x08\0\0\0\x10', 'latin1');
  wide.writeBigUInt64LE(32n, 24);
  expect(countFrames(wide, 'tiff', 100)).toBe(2);
});

test('counts an oversized TIFF directory as several pages', () => {
  const bytes = Buffer.alloc(8 + 2 + 4000 * 12 + 4);
  bytes.write('II*\0\x08\0\0\0', 'latin1');
  bytes.writeUInt16LE(4000, 8);
  expect(countFrames(bytes, 'tiff', 1000)).toBe(41);
});

test('counts excessive non-frame chunks of a WebP', async () => {
  const padded = (chunks: number) => webp(vp8x(1, 1, 0), times(chunks, riffChunk('abcd', Buffer.alloc(0))));
  expect(countFrames(padded(50), 'webp', 1000)).toBe(1);
  expect(countFrames(padded(500), 'webp', 1000)).toBe(401);
});

test('stops soon after the limit', async () => {
  const frames = 500_000;
  const files = [
    [Buffer.concat([gifHeader(1, 1), times(frames, gifFrame()), GIF_END]), 'gif'],
    [webp(vp8x(1, 1), ANIM, times(frames, anmf(await picture()))), 'webp'],
  ] as const;
  for (const [bytes, format] of files) expect(countFrames(bytes, format, 10)).toBe(11);
  expect(countFrames(tiffPages(1000), 'tiff', 10)).toBe(11);
});

test.each(['gif', 'webp', 'tiff', 'png'] as const)('handles a malformed %s', (format) => {
  for (const fill of [0, 0x21, 0x2c, 0x49, 0xff]) {
    expect(countFrames(Buffer.alloc(1000, fill), format, 100)).toBeGreaterThanOrEqual(1);
  }
  expect(countFrames(Buffer.alloc(0), format, 100)).toBe(1);
});
