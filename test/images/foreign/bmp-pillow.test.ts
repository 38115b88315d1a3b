import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BmpParts, bmp } from '../../support/bmp.ts';
import { preparePillow, runPillow } from '../../support/pillow.ts';
import { run } from '../compress-with-defaults.ts';

const reason = preparePillow();
if (reason !== null) process.stdout.write(`SKIPPED: BMPs were not compared with Pillow, ${reason}.\n`);

const palette = Array.from({ length: 256 }, (_, at) => [at, (at * 7) & 255, 255 - at] as const);
const [width, height] = [61, 40];
const varied = (x: number, y: number): number => (x * 2_654_435_761 + y * 40_503) >>> 0;
/** Each row in runs of one to nine pixels, absolute ones among them. */
const runs8 = (): Buffer => {
  const bytes: number[] = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, length = 1; x < width; x += length) {
      length = Math.min(width - x, 1 + (varied(x, y) % 9));
      const value = varied(y, x) & 255;
      if (length < 3) bytes.push(length, value);
      else bytes.push(0, length, ...Array.from({ length: length + (length & 1) }, (_, at) => (value + at) & 255));
    }
    bytes.push(0, 0);
  }
  return Buffer.from([...bytes, 0, 1]);
};

/** What Pillow reads; it knows few masks, and no run lengths of 4 bits right. */
const MADE: Readonly<Record<string, BmpParts>> = {
  'bits-1': { bits: 1, palette: palette.slice(100, 102), pixel: (x, y) => varied(x, y) & 1 },
  'bits-4': { bits: 4, palette: palette.slice(50, 66), pixel: (x, y) => varied(x, y) & 15 },
  'bits-8': { bits: 8, palette, pixel: (x, y) => varied(x, y) & 255 },
  'bits-8-os2': { bits: 8, size: 12, palette, pixel: (x, y) => varied(x, y) & 255 },
  'bits-8-version-4': { bits: 8, size: 108, palette, pixel: (x, y) => varied(x, y) & 255 },
  'bits-8-from-the-top': { bits: 8, palette, isTopDown: true, pixel: (x, y) => varied(x, y) & 255 },
  'runs-8': { bits: 8, compression: 1, palette, data: runs8() },
  'bits-16': { bits: 16, pixel: (x, y) => varied(x, y) & 0x7fff },
  'bits-16-565': { bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f], pixel: (x, y) => varied(x, y) & 0xffff },
  'bits-24': { bits: 24, pixel: (x, y) => varied(x, y) & 0xffffff },
  'bits-32': { bits: 32, pixel: varied },
  'bits-32-masks': { bits: 32, compression: 3, masks: [0xff0000, 0xff00, 0xff], pixel: varied },
  'bits-32-alpha': {
    ...{ bits: 32, compression: 3, size: 124, pixel: varied },
    masks: [0xff0000, 0xff00, 0xff, 0xff000000],
    fields: { 56: 0x73524742 },
  },
};

/** Pillow cuts values of 5 and 6 bits off, where they are rounded here. */
const ROUNDING = 1;

(reason === null ? it : it.skip)(
  'every BMP that Pillow reads gives the same pixels',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bmp-'));
    try {
      runPillow('bmp.py', ['make', folder]);
      for (const [name, parts] of Object.entries(MADE)) {
        await writeFile(path.join(folder, `${name}.bmp`), bmp({ width, height, ...parts }));
      }
      for (const name of await readdir(folder)) {
        const output = await run(await readFile(path.join(folder, name)), { format: 'png', quality: 100 });
        await writeFile(path.join(folder, name.replace('.bmp', '.out.png')), output.bytes);
      }
      const found: Readonly<Record<string, number>> = JSON.parse(runPillow('bmp.py', ['judge', folder]));
      expect(Object.keys(found).length).toBe(Object.keys(MADE).length + 6);
      expect(Object.entries(found).filter(([, difference]) => difference > ROUNDING)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);
