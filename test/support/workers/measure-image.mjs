// Prints the growth of peak resident memory while an image becomes one output or several, and the estimate. Each output is
// `format:longest side:quality`, the last two optional: `jpeg,webp:400`, `png::100`.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = (file) => import(pathToFileURL(resolve('dist/images', file)).href);
const { compressOutputs, estimateFor, readHeaderFor } = await built('outputs.js');
const { prepareSharp } = await built('loaders.js');
const { sniff } = await built('sniff.js');

const [, , file, list] = process.argv;
const outputs = list.split(',').map((output) => {
  const [format, maxSide = '', quality = '50'] = output.split(':');
  return { format, quality: Number(quality), ...(maxSide === '' ? {} : { maxSide: Number(maxSide) }) };
});
const [{ format, quality, maxSide }] = outputs;
const memory = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

prepareSharp();
const bytes = readFileSync(file);
const options = {
  ...{ format, quality, source: sniff(bytes), maxPixels: 100_000_000, maxSeconds: 120 },
  ...(outputs.length > 1 ? { outputs } : maxSide && { maxWidth: maxSide, maxHeight: maxSide }),
};
const header = await readHeaderFor(bytes, options);
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
await compressOutputs(bytes, options, header);
process.stdout.write(
  JSON.stringify({
    grown: memory('VmHWM') - before,
    estimate: estimateFor(bytes, header, options.source, options),
    pixels: header.width * header.height,
  }),
);
