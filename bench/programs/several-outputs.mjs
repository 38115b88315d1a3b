/**
 * The service's own steps from bytes to encoded outputs, one picture after another on one thread. Answers `{name, way}` with
 * the CPU milliseconds; `ways` are below.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { built } from '../stage/built.mjs';
import { answerQuestions } from '../stage/program.mjs';

const [folder = '.'] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);
const { compress } = await built('images/compress');
const { compressOutputs } = await built('images/outputs');

const JPEG = { format: 'jpeg', quality: 50, source: 'jpeg', maxPixels: 100_000_000, maxSeconds: 120 };
const inside = (maxSide) => ({ ...JPEG, maxWidth: maxSide, maxHeight: maxSide });

const WAYS = {
  one: (bytes) => compress(bytes, JPEG),
  'one of a list': (bytes) => compressOutputs(bytes, JPEG),
  'one run each': async (bytes) => {
    for (const options of [JPEG, inside(1600), inside(400)]) await compress(bytes, options);
  },
  'from one decode': (bytes) =>
    compressOutputs(bytes, {
      ...JPEG,
      outputs: [
        { format: 'jpeg', quality: 50 },
        { format: 'jpeg', quality: 50, maxSide: 1600 },
        { format: 'jpeg', quality: 50, maxSide: 400 },
      ],
    }),
};

answerQuestions(async ({ name, way }) => {
  const bytes = readFileSync(join(folder, name));
  const before = process.cpuUsage();
  await WAYS[way](bytes);
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 };
});
