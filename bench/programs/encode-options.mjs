/**
 * Bare sharp with each choice of encoder, one picture after another on one thread. Answers `{name, option}` with the CPU
 * milliseconds of decoding and encoding, and the bytes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { answerQuestions } from '../stage/program.mjs';

const [folder = '.'] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);

/** As src/images/encode.ts sets them, at quality 50. */
const OPTIONS = {
  jpeg: (image) => image.jpeg({ quality: 50 }),
  // Decoders of JPEG skip what is not needed for a smaller picture.
  resized: (image) => image.resize({ width: 800, height: 800, fit: 'inside' }).jpeg({ quality: 50 }),
  progressive: (image) => image.jpeg({ quality: 50, progressive: true }),
  mozjpeg: (image) => image.jpeg({ quality: 50, mozjpeg: true }),
  webp: (image) => image.webp({ quality: 50 }),
  avif: (image) => image.avif({ quality: 50, effort: 2 }),
  png: (image) => image.png({ quality: 50, palette: true }),
};

answerQuestions(async ({ name, option }) => {
  const bytes = readFileSync(join(folder, name));
  const { width, height } = await sharp(bytes).metadata();
  const image = sharp(bytes, { failOn: 'error', sequentialRead: true }).autoOrient().toColourspace('srgb');
  const before = process.cpuUsage();
  const data = await OPTIONS[option](image.flatten({ background: '#ffffff' })).toBuffer();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, before: bytes.length, after: data.length, pixels: width * height };
});
