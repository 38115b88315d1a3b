/**
 * Bare sharp, the physical limit: the pictures of a folder lie in memory, and each is decoded, turned upright and encoded
 * with the options of the service and nothing else: no network, no disk, no database. Answers `{concurrency}` with the
 * milliseconds of one pass.
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

/** What src/images/compress.ts asks of sharp for `format=jpeg`, `quality=50`. */
const encode = (bytes) =>
  sharp(bytes, { failOn: 'error', sequentialRead: true })
    .autoOrient()
    .toColourspace('srgb')
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 50 })
    .toBuffer();

answerQuestions(async ({ concurrency }) => {
  let next = 0;
  const lane = async () => {
    while (next < pictures.length) {
      next += 1;
      await encode(pictures[next - 1]);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  return performance.now() - begun;
});
