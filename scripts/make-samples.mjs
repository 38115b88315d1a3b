/**
 * Draws the sample photos under `samples/photos/` and writes `samples/products.csv`.
 * Everything comes from code, so the pictures have no owner and every run gives the same pixels; run it again only to
 * change them: `node scripts/make-samples.mjs`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { mountains, sea } from './samples/landscapes.mjs';
import { bottle, lamp, mug, plant, vase } from './samples/products.mjs';
import { createRandom } from './samples/random.mjs';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
/** As a camera writes it: an output must no longer carry it. */
const CAMERA = { IFD0: { Make: 'Sample', Model: 'Procedural 1', Copyright: 'CC0-1.0' } };
const jpeg = (image) => image.withExif(CAMERA).jpeg({ quality: 90, chromaSubsampling: '4:4:4' });

/** Draws a scene and lays film grain and a darker edge over it, as a lens and a sensor do. */
const photograph = async (svg, grain, seed) => {
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const random = createRandom(seed);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const x = ((pixel % width) / width - 0.5) * 2;
    const y = (Math.floor(pixel / width) / height - 0.5) * 2;
    const light = 1 - 0.11 * (x * x + y * y);
    const noise = (random() + random() + random() - 1.5) * grain;
    for (let channel = 0; channel < 3; channel += 1) {
      const at = pixel * 3 + channel;
      data[at] = Math.max(0, Math.min(255, data[at] * light + noise));
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
};

/** Stored lying on its side, with the note that a viewer must turn it: as a phone held upright does it. */
const heldUpright = async (image) => {
  const turned = await image.rotate(270).png().toBuffer();
  return jpeg(sharp(turned).withMetadata({ orientation: 6 }));
};

const photos = {
  'mug.jpg': async () => jpeg(await photograph(mug(), 7, 1)),
  'lamp.jpg': async () => jpeg(await photograph(lamp(), 8, 2)),
  'mountains.jpg': async () => jpeg(await photograph(mountains(), 6, 3)),
  'sea.jpg': async () => jpeg(await photograph(sea(), 6, 4)),
  'bottle-upright.jpg': async () => heldUpright(await photograph(bottle(), 7, 5)),
  'plant.webp': async () => (await photograph(plant(), 5, 6)).webp({ quality: 90 }),
  'vase-cutout.png': async () => sharp(Buffer.from(vase())).png({ compressionLevel: 9 }),
};

/** Where the demo serves the photos; it puts its own host and port in. */
const BASE = 'http://127.0.0.1:8099';
const products = [
  ['Stoneware Mug "Lagoon", 350 ml', ['mug.jpg']],
  ['Brass Pendant Lamp', ['lamp.jpg']],
  ['Art Print Duo, 50 × 40 cm', ['mountains.jpg', 'sea.jpg']],
  ['Olive Oil Extra Virgin', ['bottle-upright.jpg']],
  ['Terracotta Vase with Grasses', ['vase-cutout.png']],
  // A comma inside a URL, as image CDNs write it, does not end the URL.
  ['Spring Window Set', ['plant.webp', 'vase-cutout.png', 'mug.jpg?crop=w_1600,h_1200']],
];
const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csv = [
  ['S. No.', 'Product Name', 'Input Image Urls'],
  ...products.map(([name, files], row) => [String(row + 1), name, files.map((file) => `${BASE}/${file}`).join(',')]),
].map((cells) => `${cells.map(quoted).join(',')}\n`);

await mkdir(join(samples, 'photos'), { recursive: true });
for (const [name, make] of Object.entries(photos)) {
  const { size } = await (await make()).toFile(join(samples, 'photos', name));
  console.log(`${name.padEnd(20)} ${(size / 1024).toFixed(0).padStart(5)} KiB`);
}
await writeFile(join(samples, 'products.csv'), csv.join(''));
