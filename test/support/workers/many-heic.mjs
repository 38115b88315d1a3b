// Compresses small HEIC pictures one after another, and prints resident memory in MiB after the first 300 and its peak since.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { compress } = await import(pathToFileURL(resolve('dist/images/compress.js')));
const count = Number(process.argv[2]);
const files = ['alpha', 'grid', 'turned-6', 'p3-nclx', 'grey'].map((name) =>
  readFileSync(`test/fixtures/heic/${name}.heic`),
);
const resident = () => Math.round(process.memoryUsage.rss() / 1024 / 1024);
const options = { format: 'jpeg', quality: 50, source: 'heic', maxPixels: 1_000_000, maxSeconds: 60 };

let decoded = 0;
let after = 0;
let peak = 0;
for (; decoded < count; decoded += 1) {
  // One in ten is damaged, which costs its instance of libheif.
  const bytes = files[decoded % files.length];
  if (decoded % 10 === 9) await compress(bytes.subarray(0, bytes.length / 2), options).catch(() => {});
  await compress(bytes, options);
  if (decoded === 299) after = resident();
  if (decoded > 299) peak = Math.max(peak, resident());
}
process.stdout.write(JSON.stringify({ decoded, after, peak }));
