// Prints the growth of peak resident memory while `compress` processes an image, and the estimate for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = (file) => import(pathToFileURL(resolve('dist/images', file)).href);
const { compress, readHeader } = await built('compress.js');
const { estimateBytes } = await built('cost.js');
const { prepareSharp } = await built('loaders.js');
const { sniff } = await built('sniff.js');

const [, , file, format] = process.argv;
const memory = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

prepareSharp();
const bytes = readFileSync(file);
const options = { format, quality: 50, source: sniff(bytes), maxPixels: 100_000_000, maxSeconds: 120 };
const header = await readHeader(bytes, options);
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
await compress(bytes, options, header);
process.stdout.write(
  JSON.stringify({ grown: memory('VmHWM') - before, estimate: estimateBytes(bytes, header, options.source, format) }),
);
