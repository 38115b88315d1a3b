import { deflateSync } from 'node:zlib';
import { pngChunk } from '../support/pictures.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 6 RGB with alpha. */
  readonly colour?: number;
  readonly interlaced?: boolean;
}

export const ihdr = ({ width, height, depth = 8, colour = 2, interlaced = false }: Header): Buffer => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return pngChunk('IHDR', data);
};

export const END = pngChunk('IEND', Buffer.alloc(0));

export const png = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...chunks]);

/** The data of one red pixel. */
export const ONE_PIXEL = pngChunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0])));

/** A complete PNG of one pixel with extra chunks before its data. */
export const pixelPng = (...chunks: readonly Buffer[]): Buffer =>
  png(ihdr({ width: 1, height: 1 }), ...chunks, ONE_PIXEL, END);

/** Zeros, compressed to a thousandth. */
export const deflatedZeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 9 });

/** Changes one byte. */
export const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
};
