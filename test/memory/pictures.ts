import sharp, { type Sharp } from 'sharp';
import { deepPng } from '../abuse/pictures.ts';

const plain = (width: number, height: number, channels: 3 | 4 = 3): Sharp =>
  sharp({ create: { width, height, channels, background: channels === 4 ? '#3366aa80' : '#3366aa' } });

const photo = async (width: number, height: number): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 25 } as const;
  const small = await sharp({ create: { width: 1500, height: 1000, channels: 3, background: '#888', noise } })
    .png()
    .toBuffer();
  return sharp(small).resize(width, height, { fit: 'fill' }).jpeg({ quality: 85 }).toBuffer();
};

/** By name: photos, and the most expensive images of each format. */
export const makePictures = async (): Promise<ReadonlyMap<string, Buffer>> =>
  new Map([
    ['photo of 12 MP', await photo(4_243, 2_828)],
    ['photo of 24 MP', await photo(6_000, 4_000)],
    ['JPEG of 100 MP', await plain(10_000, 9_999).jpeg({ quality: 90 }).toBuffer()],
    [
      'JPEG of 100 MP, progressive',
      await plain(10_000, 9_999).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    ],
    ['PNG of 100 MP, 16 bits, interlaced', await deepPng(10_000, 9_999)],
    ['PNG of 16 MP, 16 bits, interlaced', await deepPng(4_000, 4_000)],
    ['WebP of 25 MP with alpha', await plain(5_000, 5_000, 4).webp({ lossless: true, effort: 0 }).toBuffer()],
    ['GIF of 25 MP', await plain(5_000, 5_000).gif({ effort: 1 }).toBuffer()],
    [
      'TIFF of 25 MP, float, turned',
      await plain(5_000, 5_000)
        .toColourspace('scrgb')
        .withMetadata({ orientation: 6 })
        .tiff({ compression: 'deflate' })
        .toBuffer(),
    ],
    ['AVIF of 9 MP, 10 bits', await plain(3_000, 3_000).avif({ effort: 0, chromaSubsampling: '4:4:4' }).toBuffer()],
  ]);
