import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { root } from '../../scripts/prepare.mjs';
import { createRandom } from '../../scripts/samples/random.mjs';

/** To be increased whenever the pictures change, so that old folders are not reused. */
const VERSION = 1;
const SEED = 20_261_125;
const SMALLEST_MP = 0.3;
const LARGEST_MP = 12;
/** Shops do not serve larger PNG photos. */
const LARGEST_PNG_MP = 2;
const GRAIN_SIZE = 256;
const ASPECTS = [4 / 3, 3 / 2, 1, 3 / 4, 16 / 9];

const cacheFolder = () =>
  process.env.BENCH_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'bulk-image-processor', 'bench');

/** Film grain: without it the scenes are smoother than photos, and cheaper to encode. */
const grainTile = async (random) => {
  const noise = Buffer.alloc(GRAIN_SIZE * GRAIN_SIZE, 0);
  for (let at = 0; at < noise.length; at += 1) noise[at] = 128 + (random() + random() + random() - 1.5) * 34;
  return sharp(noise, { raw: { width: GRAIN_SIZE, height: GRAIN_SIZE, channels: 1 } })
    .toColourspace('srgb')
    .png()
    .toBuffer();
};

/** Three in four are JPEG, most of them baseline with 4:2:0 subsampling, as written by cameras and shops. */
const encoderOf = (kind, random) => {
  if (kind === 'png') return (image) => image.png({ compressionLevel: 6 });
  if (kind === 'webp') return (image) => image.webp({ quality: 80 + Math.floor(random() * 13) });
  const quality = 78 + Math.floor(random() * 18);
  const progressive = random() < 0.2;
  const chromaSubsampling = random() < 0.2 ? '4:4:4' : '4:2:0';
  return (image) => image.jpeg({ quality, progressive, chromaSubsampling });
};

/** The properties of each picture, determined by the seed; sizes are distributed evenly on a logarithmic scale. */
const planPictures = (count, scenes) => {
  const random = createRandom(SEED);
  return Array.from({ length: count }, (_, number) => {
    const chosen = random();
    const kind = chosen < 0.75 ? 'jpg' : chosen < 0.9 ? 'webp' : 'png';
    const largest = kind === 'png' ? LARGEST_PNG_MP : LARGEST_MP;
    const pixels = SMALLEST_MP * 1e6 * (largest / SMALLEST_MP) ** random();
    const aspect = ASPECTS[Math.floor(random() * ASPECTS.length)];
    const part = 0.45 + random() * 0.5;
    return {
      name: `${String(number).padStart(4, '0')}.${kind}`,
      width: Math.round(Math.sqrt(pixels * aspect)),
      height: Math.round(Math.sqrt(pixels / aspect)),
      scene: scenes[Math.floor(random() * scenes.length)],
      crop: { part, left: random() * (1 - part), top: random() * (1 - part) },
      mirrored: random() < 0.5,
      colours: { brightness: 0.85 + random() * 0.3, saturation: 0.8 + random() * 0.4, hue: Math.floor(random() * 40) },
      encode: encoderOf(kind, random),
    };
  });
};

const draw = async ({ scene, crop, mirrored, width, height, colours, encode }, grain) => {
  const extract = {
    left: Math.floor(crop.left * scene.info.width),
    top: Math.floor(crop.top * scene.info.height),
    width: Math.floor(crop.part * scene.info.width),
    height: Math.floor(crop.part * scene.info.height),
  };
  const { data, info } = await sharp(scene.data, { raw: scene.info })
    .extract(extract)
    .flop(mirrored)
    .resize(width, height, { fit: 'cover', kernel: 'cubic' })
    .modulate(colours)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  return encode(
    sharp(data, { raw: { width, height, channels } })
      .composite([{ input: grain, tile: true, blend: 'soft-light' }])
      .removeAlpha(),
  ).toBuffer();
};

const loadScenes = async () => {
  const folder = path.join(root, 'samples', 'photos');
  const photos = (await readdir(folder)).filter((name) => !name.endsWith('.png')).sort();
  return Promise.all(
    photos.map(async (name) => {
      const upright = sharp(path.join(folder, name)).autoOrient().removeAlpha().raw();
      const { data, info } = await upright.toBuffer({ resolveWithObject: true });
      return { data, info: { width: info.width, height: info.height, channels: info.channels } };
    }),
  );
};

const makePictures = async (folder, count, say) => {
  say(`drawing ${count} pictures, once for this machine …`);
  const grain = await grainTile(createRandom(SEED + 1));
  const plan = planPictures(count, await loadScenes());
  const building = `${folder}.building-${process.pid}`;
  await mkdir(building, { recursive: true });
  try {
    sharp.concurrency(1);
    let next = 0;
    const drawNext = async () => {
      while (next < plan.length) {
        const picture = plan[next];
        next += 1;
        await writeFile(path.join(building, picture.name), await draw(picture, grain));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, drawNext));
    await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
};

/**
 * The realistic mix: photo-like JPEG, PNG and WebP of 0.3 to 12 megapixels, generated from the sample photos with a fixed
 * seed and cached in BENCH_CACHE, by default in the user's cache folder. The first `n` are the same for any count.
 * @returns the folder and its file names, in order
 */
export const preparePictures = async (count, say) => {
  const folder = path.join(cacheFolder(), `pictures-${VERSION}-${count}`);
  if (!existsSync(folder)) {
    await mkdir(path.dirname(folder), { recursive: true });
    await makePictures(folder, count, say);
  }
  return { folder, names: (await readdir(folder)).sort() };
};

/** Formats, bytes and megapixels of the pictures, as text. */
export const describePictures = async ({ folder, names }) => {
  let bytes = 0;
  let pixels = 0;
  const kinds = {};
  for (const name of names) {
    const file = await readFile(path.join(folder, name));
    const { width, height, format } = await sharp(file).metadata();
    bytes += file.length;
    pixels += width * height;
    kinds[format] = (kinds[format] ?? 0) + 1;
  }
  const listed = Object.entries(kinds).map(([kind, count]) => `${count} ${kind.toUpperCase()}`);
  return `${names.length} pictures (${listed.join(', ')}), ${(pixels / 1e6).toFixed(0)} megapixels, ${(bytes / 1024 / 1024).toFixed(0)} MiB`;
};
