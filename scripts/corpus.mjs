/**
 * `npm run corpus -- FOLDER`: every picture of a folder through the built service, next to what sharp alone says of it.
 * Exits 1 if the service refuses a picture that sharp reads, or changes one, without a known reason.
 *
 *   --format F     jpeg (default), webp, avif or png
 *   --quality N    1 to 100 (default 50)
 *   --json FILE    also writes the table as JSON
 */
import { parseArgs } from 'node:util';
import { prepare, runScript, SetupError } from './prepare.mjs';

const USAGE = 'Usage: npm run corpus -- FOLDER [--format jpeg|webp|avif|png] [--quality 1..100] [--json FILE]';
const FORMATS = ['jpeg', 'webp', 'avif', 'png'];

const readOptions = () => {
  const strings = { format: { type: 'string' }, quality: { type: 'string' }, json: { type: 'string' } };
  try {
    const { values, positionals } = parseArgs({ options: strings, allowPositionals: true });
    const { format = 'jpeg', quality: asText = '50', json } = values;
    const quality = Number(asText);
    if (positionals.length !== 1) throw new Error('Name one folder.');
    if (!FORMATS.includes(format)) throw new Error(`--format must be one of ${FORMATS.join(', ')}.`);
    if (!Number.isInteger(quality) || quality < 1 || quality > 100) throw new Error('--quality must be 1 to 100.');
    return { folder: positionals[0], format, quality, json };
  } catch (error) {
    throw new SetupError(`${error.message}\n${USAGE}`);
  }
};

await runScript(async () => {
  const options = readOptions();
  await prepare();
  const { runCorpus } = await import('./corpus/run.mjs');
  return runCorpus(options);
});
