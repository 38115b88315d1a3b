import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pngBomb, pngChunk } from '../support/pictures.ts';
import { bytesCase, type HostileCase, noise, times } from './case.ts';
import {
  exif,
  iccPart,
  joined,
  orientation,
  partsOf,
  segment,
  withFrame,
  withScans,
  withSegments,
  withSize,
} from './jpeg.ts';
import { OTHER_PICTURE_CASES } from './other-picture-cases.ts';
import { deflatedZeros, END, flipped, ihdr, ONE_PIXEL, pixelPng, png } from './png.ts';

const MIB = 1024 * 1024;
/** Pseudo-random pixels, similar to a photo, and the same in every run. */
const makeImage = (format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff', { width = 64, height = 48 } = {}) =>
  sharp(noise(width * height * 3), { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
const jpeg = () => makeImage('jpeg', { width: 200, height: 150 });
const progressive = () =>
  sharp({ create: { width: 1500, height: 1500, channels: 3, background: '#369' } })
    .jpeg({ progressive: true })
    .toBuffer();
const cmyk = () =>
  sharp({ create: { width: 40, height: 40, channels: 3, background: '#cc3322' } })
    .toColourspace('cmyk')
    .jpeg()
    .toBuffer();
const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
const line = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#369' } });

const PNG: readonly HostileCase[] = [
  bytesCase('PNG bomb of 50,000 × 50,000', 'too_many_pixels', () => pngBomb(50_000, 50_000)),
  bytesCase(
    'PNG of 2³¹−1 × 2³¹−1',
    'corrupt_image',
    png(ihdr({ width: 0x7fffffff, height: 0x7fffffff }), ONE_PIXEL, END),
  ),
  bytesCase('PNG of 0 × 0', 'corrupt_image', png(ihdr({ width: 0, height: 0 }), ONE_PIXEL, END)),
  bytesCase('PNG cut in half', 'corrupt_image', async () => half(await makeImage('png', { width: 300, height: 300 }))),
  bytesCase('PNG without data', 'corrupt_image', png(ihdr({ width: 9, height: 9 }), END)),
  bytesCase('PNG with less data than pixels', 'corrupt_image', png(ihdr({ width: 999, height: 999 }), ONE_PIXEL, END)),
  bytesCase('PNG of one pixel and 64 MiB of data', 'completed', () =>
    png(ihdr({ width: 1, height: 1 }), pngChunk('IDAT', deflatedZeros(64 * MIB)), END),
  ),
  bytesCase('PNG with a wrong checksum of its header', 'corrupt_image', () => flipped(pixelPng(), 30)),
  bytesCase('PNG with a wrong checksum of its data', 'corrupt_image', () => flipped(pixelPng(), 8 + 25 + 8 + 13)),
  bytesCase('PNG whose data is not a deflate stream', 'corrupt_image', () =>
    png(ihdr({ width: 64, height: 64 }), pngChunk('IDAT', noise(2000)), END),
  ),
  bytesCase('PNG without its palette', 'corrupt_image', () =>
    png(ihdr({ width: 1, height: 1, colour: 3 }), pngChunk('IDAT', deflateSync(Buffer.from([0, 7]))), END),
  ),
  bytesCase('PNG with a text that unpacks to 64 MiB', 'completed', () =>
    pixelPng(pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflatedZeros(64 * MIB)]))),
  ),
  bytesCase('PNG with a profile that unpacks to 64 MiB', 'completed', () =>
    pixelPng(pngChunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflatedZeros(64 * MIB)]))),
  ),
  bytesCase('PNG with 100 texts of 7 MB each', 'completed', () => {
    const text = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflatedZeros(7_000_000)]));
    return pixelPng(times(100, text));
  }),
  bytesCase('PNG of 100,000 chunks', 'completed', () =>
    pixelPng(times(100_000, pngChunk('tEXt', Buffer.from('a\0b')))),
  ),
  bytesCase('PNG with EXIF that is noise', 'completed', () => pixelPng(pngChunk('eXIf', noise(500)))),
  bytesCase('PNG, animated (APNG)', 'completed', () =>
    pixelPng(pngChunk('acTL', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]))),
  ),
  bytesCase(
    'PNG that is HTML as well',
    'completed',
    () => pixelPng(pngChunk('tEXt', Buffer.from('Comment\0<script>alert(1)</script>'))),
    '<script>',
  ),
  bytesCase('PNG of 16 bits, interlaced', 'completed', () =>
    line(64, 64).toColourspace('rgb16').png({ progressive: true }).toBuffer(),
  ),
  bytesCase('PNG of 1 × 65,500', 'completed', () => line(1, 65_500).png().toBuffer()),
  bytesCase('PNG longer than a JPEG can be', 'too_many_pixels', () => line(65_536, 1).png().toBuffer()),
];

const JPEG: readonly HostileCase[] = [
  bytesCase('JPEG that claims 65,500 × 65,500', 'too_many_pixels', async () => withSize(await jpeg(), 65_500, 65_500)),
  bytesCase('JPEG that claims twice its height', 'completed', async () => withSize(await jpeg(), 200, 300)),
  bytesCase('JPEG of height 0', 'corrupt_image', async () => withSize(await jpeg(), 200, 0)),
  bytesCase('JPEG cut in half', 'corrupt_image', async () => half(await jpeg())),
  bytesCase('JPEG without its last bytes', 'corrupt_image', async () => (await jpeg()).subarray(0, -500)),
  bytesCase('JPEG of only a start', 'not_an_image', Buffer.from([0xff, 0xd8])),
  bytesCase('JPEG of a start and an end', 'corrupt_image', joined([])),
  bytesCase('JPEG magic and noise', 'corrupt_image', () =>
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise(5000)]),
  ),
  bytesCase('JPEG with broken Huffman tables', 'corrupt_image', async () =>
    joined(
      partsOf(await jpeg()).map(({ marker, bytes }) =>
        marker === 0xc4 ? segment(0xc4, Buffer.alloc(60, 0xff)) : bytes,
      ),
    ),
  ),
  bytesCase('JPEG without quantisation tables', 'corrupt_image', async () =>
    joined(partsOf(await jpeg()).flatMap(({ marker, bytes }) => (marker === 0xdb ? [] : [bytes]))),
  ),
  bytesCase('JPEG of 12 bits', 'unsupported_image_format', async () =>
    withFrame(await jpeg(), (frame) => frame.set([12], 4)),
  ),
  bytesCase('JPEG, lossless process', 'corrupt_image', async () =>
    withFrame(await jpeg(), (frame) => frame.set([0xc3], 1)),
  ),
  bytesCase('JPEG with sampling factors of 15', 'corrupt_image', async () =>
    withFrame(await jpeg(), (frame) => frame.set([0xff], 11)),
  ),
  bytesCase('JPEG with 200 components', 'corrupt_image', async () =>
    withFrame(await jpeg(), (frame) => frame.set([200], 9)),
  ),
  bytesCase('JPEG, progressive, 300 scans of the same', 'corrupt_image', async () =>
    withScans(await progressive(), 300),
  ),
  bytesCase('JPEG with extra restart markers', 'completed', async () => {
    const bytes = Buffer.from(await jpeg());
    for (let at = bytes.length - 2000; at < bytes.length - 100; at += 100) bytes.set([0xff, 0xd0 + (at % 8)], at);
    return bytes;
  }),
  bytesCase('JPEG of 65,500 × 1', 'completed', () => line(65_500, 1).jpeg().toBuffer()),
  bytesCase('JPEG of 1 × 65,500', 'completed', () => line(1, 65_500).jpeg().toBuffer()),
  bytesCase('JPEG of one pixel', 'completed', () => line(1, 1).jpeg().toBuffer()),
  ...[0, 9, 65_535].map((value) =>
    bytesCase(`JPEG with the orientation ${value}`, 'completed', async () =>
      withSegments(await jpeg(), orientation(value)),
    ),
  ),
  bytesCase('JPEG of 7 MB of empty comments', 'completed', async () =>
    withSegments(await jpeg(), times(1_800_000, segment(0xfe, ''))),
  ),
  bytesCase('JPEG with EXIF that is noise', 'completed', async () => withSegments(await jpeg(), exif(noise(4000)))),
  bytesCase('JPEG with EXIF whose directory links to itself', 'completed', async () =>
    withSegments(await jpeg(), exif(Buffer.from('II*\0\x08\0\0\0\0\0\x08\0\0\0', 'latin1'))),
  ),
  bytesCase('JPEG with EXIF that counts 4 billion values', 'completed', async () =>
    withSegments(
      await jpeg(),
      exif(Buffer.from('II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0\xff\xff\xff\xff\x08\0\0\0\0\0\0\0', 'latin1')),
    ),
  ),
  bytesCase('JPEG with 5 MB of XMP', 'completed', async () => {
    const xmp = segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${'<x>'.repeat(20_000)}`);
    return withSegments(await jpeg(), times(80, xmp));
  }),
  bytesCase('JPEG with a colour profile that is noise', 'completed', async () =>
    withSegments(await jpeg(), iccPart(1, 1, noise(3000))),
  ),
  bytesCase('JPEG with a colour profile of 5 MB', 'completed', async () =>
    withSegments(await jpeg(), ...Array.from({ length: 80 }, (_, part) => iccPart(part + 1, 80, Buffer.alloc(65_000)))),
  ),
  bytesCase('JPEG with a colour profile whose parts are missing', 'completed', async () =>
    withSegments(await jpeg(), iccPart(7, 200, noise(100)), iccPart(0, 0, noise(100))),
  ),
  bytesCase('JPEG in CMYK with a broken profile', 'completed', async () =>
    withSegments(await cmyk(), iccPart(1, 1, noise(3000))),
  ),
  bytesCase(
    'JPEG that is a ZIP as well',
    'completed',
    async () => Buffer.concat([await jpeg(), Buffer.from('PK\x03\x04 evil.exe', 'latin1')]),
    'evil.exe',
  ),
  bytesCase(
    'JPEG with PHP in a comment',
    'completed',
    async () => withSegments(await jpeg(), segment(0xfe, '<?php system($_GET[0]); ?>')),
    '<?php',
  ),
  bytesCase('JPEG followed by a second image and 1 MB', 'completed', async () =>
    Buffer.concat([await jpeg(), await jpeg(), noise(1_000_000)]),
  ),
];

export const PICTURE_CASES = [...PNG, ...JPEG, ...OTHER_PICTURE_CASES];
