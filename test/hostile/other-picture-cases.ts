import sharp from 'sharp';
import { bmp } from '../support/bmp.ts';
import { animation } from '../support/pictures.ts';
import { bytesCase, type HostileCase, noise, times } from './case.ts';
import {
  ANIM,
  anmf,
  box,
  GIF_END,
  gifFrame,
  gifHeader,
  pictureChunk,
  riffChunk,
  tiff,
  tiffDirectory,
  tiffPages,
  vp8x,
  webp,
  withAvifSize,
} from './containers.ts';
import { deflatedZeros } from './png.ts';

const MIB = 1024 * 1024;
/** Pseudo-random pixels, similar to a photo, and the same in every run. */
const makeImage = (format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff', { width = 64, height = 48 } = {}) =>
  sharp(noise(width * height * 3), { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);

const GIF: readonly HostileCase[] = [
  bytesCase(
    'GIF of 65,535 × 65,535 with a frame of one pixel',
    'completed',
    Buffer.concat([gifHeader(65_535, 65_535), gifFrame(), GIF_END]),
  ),
  bytesCase(
    'GIF with a frame larger than its canvas',
    'too_many_pixels',
    Buffer.concat([gifHeader(1, 1), gifFrame(65_535, 65_535), GIF_END]),
  ),
  bytesCase('GIF without frames', 'corrupt_image', Buffer.concat([gifHeader(1, 1), GIF_END])),
  bytesCase('GIF of 0 × 0', 'completed', Buffer.concat([gifHeader(0, 0), gifFrame(0, 0), GIF_END])),
  bytesCase('GIF cut in half', 'corrupt_image', async () => half(await makeImage('gif', { width: 99, height: 99 }))),
  bytesCase('GIF with code words that are noise', 'corrupt_image', () =>
    Buffer.concat([
      gifHeader(99, 99),
      gifFrame(99, 99, Buffer.concat([Buffer.from([8, 255]), Buffer.alloc(255, 0xfe), Buffer.from([0])])),
      GIF_END,
    ]),
  ),
  bytesCase('GIF of 10,000 frames', 'completed', () =>
    Buffer.concat([gifHeader(1, 1), times(10_000, gifFrame()), GIF_END]),
  ),
  bytesCase('GIF of half a million frames', 'too_many_frames', () => {
    const frame = gifFrame();
    return Buffer.concat([gifHeader(1, 1), times(500_000, frame), GIF_END]);
  }),
  bytesCase(
    'GIF that is JavaScript as well',
    'completed',
    () => Buffer.concat([gifHeader(1, 1), gifFrame(), GIF_END, Buffer.from('=1;alert(document.cookie)')]),
    'alert',
  ),
];

const WEBP: readonly HostileCase[] = [
  bytesCase('WebP whose canvas is 16,383 × 16,383', 'too_many_pixels', async () =>
    webp(vp8x(16_383, 16_383), ANIM, anmf(pictureChunk(await makeImage('webp')))),
  ),
  bytesCase('WebP cut in half', 'corrupt_image', async () =>
    half(await makeImage('webp', { width: 300, height: 300 })),
  ),
  bytesCase('WebP of only a header', 'corrupt_image', webp()),
  bytesCase('WebP with data that are noise', 'corrupt_image', () => webp(riffChunk('VP8L', noise(500)))),
  bytesCase('WebP that lies about its length', 'corrupt_image', async () => {
    const bytes = Buffer.from(await makeImage('webp'));
    bytes.writeUInt32LE(0xfffffff0, 4);
    return bytes;
  }),
  bytesCase('WebP with a frame outside its canvas', 'corrupt_image', async () =>
    webp(vp8x(64, 48), ANIM, anmf(pictureChunk(await makeImage('webp')), 16_000_000)),
  ),
  bytesCase('WebP, animated', 'completed', () => animation('webp')),
  bytesCase('WebP of half a million empty chunks', 'too_many_frames', async () =>
    webp(vp8x(64, 48, 0), pictureChunk(await makeImage('webp')), times(500_000, riffChunk('abcd', Buffer.alloc(0)))),
  ),
  bytesCase('WebP of a hundred thousand frames', 'too_many_frames', async () => {
    const frame = anmf(pictureChunk(await makeImage('webp', { width: 1, height: 1 })));
    return webp(vp8x(1, 1), ANIM, times(100_000, frame));
  }),
];

const TIFF: readonly HostileCase[] = [
  bytesCase('TIFF of 60,000 × 60,000', 'too_many_pixels', tiff({ 256: 60_000, 257: 60_000, 278: 60_000 })),
  bytesCase('TIFF of 4 billion × 4 billion', 'corrupt_image', tiff({ 256: 0xffffffff, 257: 0xffffffff })),
  bytesCase(
    'TIFF of 300 channels',
    'unsupported_image_format',
    tiff({ 258: Array<number>(300).fill(8), 277: 300, 279: 300 }, Buffer.alloc(400)),
  ),
  bytesCase('TIFF cut in half', 'corrupt_image', async () =>
    half(await makeImage('tiff', { width: 300, height: 300 })),
  ),
  bytesCase('TIFF with a circular page chain', 'completed', tiffPages(3, true)),
  bytesCase('TIFF with a page that links to itself', 'completed', tiffPages(1, true)),
  bytesCase('TIFF of 10,000 pages', 'completed', () => tiffPages(10_000)),
  bytesCase('TIFF of 60,000 pages', 'too_many_frames', () => tiffPages(60_000)),
  bytesCase(
    'TIFF with its directory outside the file',
    'corrupt_image',
    Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'),
  ),
  bytesCase('TIFF without directory', 'corrupt_image', Buffer.from('MM\0*\0\0\0\0', 'latin1')),
  bytesCase('TIFF with its data outside the file', 'corrupt_image', tiff({ 273: 0x7fffffff })),
  bytesCase('TIFF of one strip that unpacks to 64 MiB', 'completed', () => {
    const data = Buffer.from(deflatedZeros(64 * MIB));
    return tiff((at) => ({ 259: 8, 273: at, 279: data.length }), data);
  }),
  bytesCase('TIFF with an unknown compression', 'unsupported_image_format', tiff({ 259: 4711 })),
  bytesCase(
    'TIFF with tiles of 1 GiB',
    'corrupt_image',
    tiff((at) => ({ 322: 32_768, 323: 32_768, 324: at, 325: 10 }), Buffer.alloc(64)),
  ),
  bytesCase(
    'TIFF of 64-bit numbers',
    'unsupported_image_format',
    tiff((at) => ({ 258: 64, 339: 3, 273: at, 279: 8 }), Buffer.alloc(8, 0x7f)),
  ),
  bytesCase(
    'BigTIFF whose directory has 2⁶⁴ entries',
    'corrupt_image',
    Buffer.concat([Buffer.from('II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0', 'latin1'), Buffer.alloc(32, 0xff)]),
  ),
  bytesCase('TIFF with unsorted tags', 'completed', () => {
    const one = tiffDirectory(16, {}, 0);
    const entries = Array.from({ length: 9 }, (_, at) => one.subarray(2 + at * 12, 14 + at * 12)).reverse();
    return Buffer.concat([tiff().subarray(0, 16), one.subarray(0, 2), ...entries, Buffer.alloc(4)]);
  }),
];

const AVIF: readonly HostileCase[] = [
  bytesCase('AVIF that claims 60,000 × 60,000', 'too_many_pixels', async () =>
    withAvifSize(await makeImage('avif'), 60_000, 60_000),
  ),
  bytesCase('AVIF that claims another size', 'corrupt_image', async () =>
    withAvifSize(await makeImage('avif'), 640, 480),
  ),
  bytesCase('AVIF of 0 × 0', 'corrupt_image', async () => withAvifSize(await makeImage('avif'), 0, 0)),
  bytesCase('AVIF cut in half', 'corrupt_image', async () => half(await makeImage('avif'))),
  bytesCase('AVIF of only a brand', 'corrupt_image', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'latin1')),
  bytesCase('AVIF with a box that extends beyond the file', 'corrupt_image', async () => {
    const bytes = Buffer.from(await makeImage('avif'));
    bytes.writeUInt32BE(0x7fffffff, bytes.indexOf('iprp') - 4);
    return bytes;
  }),
  bytesCase('AVIF followed by 7 MB of empty boxes', 'completed', async () =>
    Buffer.concat([await makeImage('avif'), times(900_000, box('free', Buffer.alloc(0)))]),
  ),
  bytesCase('AVIF with data that are noise', 'corrupt_image', async () => {
    const bytes = Buffer.from(await makeImage('avif'));
    const at = bytes.indexOf('mdat') + 4;
    noise(bytes.length - at).copy(bytes, at);
    return bytes;
  }),
];

const PALETTE = [[0, 0, 0] as const];
const runs = (...data: readonly number[]): Buffer =>
  bmp({ bits: 8, compression: 1, palette: PALETTE, data: Buffer.from(data) });
/** With another width and height. */
const declaring = (bytes: Buffer, width: number, height: number): Buffer => {
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  return bytes;
};

const BMP: readonly HostileCase[] = [
  bytesCase('BMP of 24 bits', 'completed', bmp({ bits: 24 })),
  bytesCase('BMP cut in half', 'corrupt_image', half(bmp({ bits: 24, width: 64, height: 64 }))),
  bytesCase('BMP of 4 billion pixels', 'too_many_pixels', declaring(bmp({ bits: 24 }), 65_536, 65_536)),
  bytesCase('BMP of the lowest height there is', 'too_many_pixels', declaring(bmp({ bits: 24 }), 16, -(2 ** 31))),
  bytesCase('BMP of 9 megapixels in 70 bytes', 'corrupt_image', declaring(runs(1, 0), 3000, 3000)),
  bytesCase('BMP that ends 3.5 million rows', 'corrupt_image', () =>
    declaring(Buffer.concat([runs(1, 0), Buffer.alloc(7_000_000)]), 1, 3000),
  ),
  bytesCase('BMP whose runs leave the picture', 'corrupt_image', runs(1, 0, 0, 2, 255, 255, 255, 0)),
  bytesCase('BMP with a colour outside its palette', 'corrupt_image', runs(16, 9, 0, 1)),
  bytesCase(
    'BMP with a palette of 4 billion colours',
    'completed',
    bmp({ bits: 8, palette: PALETTE, colours: 2 ** 32 - 1 }),
  ),
  bytesCase(
    'BMP with a profile that is a file',
    'completed',
    bmp({ bits: 24, size: 124, fields: { 56: 0x4c494e4b, 112: 0, 116: 9 } }),
  ),
  bytesCase('BMP with a JPEG inside', 'unsupported_image_format', bmp({ bits: 0, size: 124, compression: 4 })),
];

export const OTHER_PICTURE_CASES = [...GIF, ...WEBP, ...TIFF, ...AVIF, ...BMP];
