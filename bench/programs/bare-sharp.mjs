/**
 * Bare sharp, the physical limit: the pictures of a folder lie in memory, and each is decoded, turned upright and encoded
 * with the options of the service and nothing else: no network, no disk, no database. Answers `{concurrency}` with the
 * milliseconds of one pass, or of several (`passes`). With `maxWidth` wider pictures are made smaller, as
 * the upload's field of that name asks for; decoders of JPEG then skip what is not needed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { answerQuestions } from '../stage/program.mjs';

const [folder = '.', limit = '1000000'] = process.argv.slice(2);
const pictures = readdirSync(folder)
  .sort()
  .slice(0, Number(limit))
  .map((name) => readFileSync(join(folder, name)));
sharp.concurrency(1);
sharp.cache(false);

/** What src/images/ asks of sharp for `format=jpeg`, `quality=50`. */
const encode = (bytes, maxWidth) => {
  const picture = sharp(bytes, { failOn: 'error', sequentialRead: true }).autoOrient();
  const sized = maxWidth === undefined ? picture : picture.resize({ width: maxWidth, withoutEnlargement: true });
  return sized.toColourspace('srgb').flatten({ background: '#ffffff' }).jpeg({ quality: 50 }).toBuffer();
};

answerQuestions(async ({ concurrency, passes = 1, maxWidth }) => {
  let next = 0;
  const lane = async () => {
    while (next < pictures.length * passes) {
      next += 1;
      await encode(pictures[(next - 1) % pictures.length], maxWidth);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  return performance.now() - begun;
});
