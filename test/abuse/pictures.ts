import { once } from 'node:events';
import { createDeflate } from 'node:zlib';
import sharp from 'sharp';
import { END, ihdr, png } from '../hostile/png.ts';
import { pngChunk } from '../support/pictures.ts';

const CHUNK = Buffer.alloc(1024 * 1024);
/** Left, top, horizontal and vertical step of the seven passes (PNG specification, 8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const steps = (length: number, from: number, step: number): number => Math.max(0, Math.ceil((length - from) / step));

/** A black image with 16 bits per channel, alpha and interlacing: the most expensive pixels. */
export const deepPng = async (width: number, height: number): Promise<Buffer> => {
  const raw = PASSES.reduce((sum, [left, top, right, down]) => {
    const columns = steps(width, left, right);
    return columns === 0 ? sum : sum + steps(height, top, down) * (1 + columns * 8);
  }, 0);
  const deflate = createDeflate({ level: 9 });
  const parts: Buffer[] = [];
  deflate.on('data', (part: Buffer) => parts.push(part));
  const ended = once(deflate, 'end');
  for (let left = raw; left > 0; left -= CHUNK.length) {
    if (!deflate.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await once(deflate, 'drain');
  }
  deflate.end();
  await ended;
  return png(
    ihdr({ width, height, depth: 16, colour: 6, interlaced: true }),
    pngChunk('IDAT', Buffer.concat(parts)),
    END,
  );
};

/** A large JPEG with varying pixels. */
export const largeJpeg = async (width: number, height: number): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const small = { width: width >> 2, height: height >> 2, channels: 3, background: '#888888', noise } as const;
  const pixels = await sharp({ create: small, limitInputPixels: false }).png({ compressionLevel: 1 }).toBuffer();
  return sharp(pixels, { limitInputPixels: false })
    .resize(width, height, { kernel: 'linear', fit: 'fill' })
    .jpeg({ quality: 60 })
    .toBuffer();
};
