import { basename } from 'node:path';
import { succeeded } from './steps.mjs';

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** Fetches each output over HTTP; throws if one is not the JPEG described by the status. */
export const readImages = async (images, signal) => {
  const rows = [];
  for (const { inputUrl, outputUrl, bytesIn, bytesOut, width, height } of images) {
    const response = await succeeded(await fetch(outputUrl, { signal }), outputUrl);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!bytes.subarray(0, 3).equals(JPEG)) throw new Error(`${outputUrl} is not a JPEG`);
    if (bytes.length !== bytesOut)
      throw new Error(`${outputUrl} has ${bytes.length} bytes, the status says ${bytesOut}`);
    const source = basename(new URL(inputUrl).pathname);
    rows.push({
      source,
      pixels: `${width}×${height}`,
      bytesIn,
      bytesOut,
      stored: basename(new URL(outputUrl).pathname),
    });
  }
  return rows;
};

const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
const percent = (before, after) => `${(100 * (1 - after / before)).toFixed(1)} %`;

/** Prints each image before and after, and the totals; throws if the outputs are not smaller in total. */
export const printTable = (rows) => {
  const bytesIn = rows.reduce((sum, row) => sum + row.bytesIn, 0);
  const bytesOut = rows.reduce((sum, row) => sum + row.bytesOut, 0);
  const line = (source, pixels, before, after, saved, stored) =>
    `  ${source.padEnd(20)} ${pixels.padStart(9)} ${before.padStart(9)} ${after.padStart(9)} ${saved.padStart(7)}  ${stored}`;
  console.log(line('source', 'pixels', 'before', 'after', 'saved', 'stored in processed_images/ as'));
  for (const row of rows) {
    const saved = percent(row.bytesIn, row.bytesOut);
    console.log(line(row.source, row.pixels, kib(row.bytesIn), kib(row.bytesOut), saved, row.stored));
  }
  console.log(line(`${rows.length} images`, '', kib(bytesIn), kib(bytesOut), percent(bytesIn, bytesOut), ''));
  if (bytesOut >= bytesIn) throw new Error('the outputs are not smaller than the sources');
  console.log(`\n${(bytesIn - bytesOut).toLocaleString('en-US')} bytes saved.`);
};
