import sharp, { type Sharp } from 'sharp';
import { bytesCase, type HostileCase } from './case.ts';

/** Side in pixels of the largest images that the service of the corpus accepts. */
export const SIDE = 3000;

const picture = (): Sharp => sharp({ create: { width: SIDE, height: SIDE, channels: 4, background: '#3366aa80' } });
const deep = (): Sharp =>
  sharp(new Uint16Array(SIDE * SIDE * 4).fill(0x5a5a), {
    raw: { width: SIDE, height: SIDE, channels: 4 },
  }).toColourspace('rgb16');

const turned = (image: Sharp): Promise<Buffer> => image.withMetadata({ orientation: 6 }).toBuffer();

/** Valid images of exactly the limit, in the variants that need most memory to decode. */
const MADE: readonly (readonly [string, () => Promise<Buffer>])[] = [
  [
    'JPEG, progressive, CMYK',
    () => picture().toColourspace('cmyk').jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  ['JPEG, rotated', () => turned(picture().jpeg())],
  ['PNG of 16 bits, interlaced, rotated', () => turned(deep().png({ progressive: true }))],
  ['WebP with alpha', () => picture().webp({ lossless: true, effort: 0 }).toBuffer()],
  ['GIF', () => picture().gif({ effort: 1 }).toBuffer()],
  ['TIFF of floating point, rotated', () => turned(picture().toColourspace('scrgb').tiff({ compression: 'deflate' }))],
  [
    'AVIF of 10 bits with alpha',
    () => picture().avif({ effort: 0, chromaSubsampling: '4:4:4', bitdepth: 10 }).toBuffer(),
  ],
];

export const LIMIT_CASES: readonly HostileCase[] = MADE.map(([name, make]) =>
  bytesCase(`9 megapixels: ${name}`, 'completed', make),
);
