import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { startServer } from '../../test/support/servers/image-server.mjs';

const WIDTH = 480;
const HEIGHT = 360;
/** So many different ones are made, once. */
const VARIANTS = 60;

/**
 * An image server on this machine: `/photo/<n>.jpg` is one of the sample photos, cut and tinted by its number, so that a
 * thousand of them differ; `/gone/…` answers 404, `/login/…` an HTML page, `/busy/…` 503.
 */
export const startPhotos = async (directory) => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jpg') || name.endsWith('.webp'));
  const sources = await Promise.all(names.map((name) => readFile(join(directory, name))));
  const make = (n) => {
    const size = Math.round(WIDTH * (1.15 + ((n * 7) % 10) / 12));
    return sharp(sources[n % sources.length])
      .rotate()
      .resize(size, Math.round(size * 0.75), { fit: 'cover' })
      .extract({ left: (n * 13) % (size - WIDTH), top: 0, width: WIDTH, height: HEIGHT })
      .modulate({ hue: ((n * 11) % 40) - 20, brightness: 0.95 + (n % 5) / 40 })
      .jpeg({ quality: 92 })
      .toBuffer();
  };
  const made = new Map();
  const photo = (n) => {
    if (!made.has(n)) made.set(n, make(n));
    return made.get(n);
  };
  return startServer((request, response) => {
    const [, kind, number] = /^\/(photo|gone|login|busy)\/(\d+)/.exec(request.url) ?? [];
    if (kind === 'photo') {
      photo(Number(number) % VARIANTS).then(
        (bytes) => response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(bytes),
        () => response.writeHead(500).end(),
      );
    } else if (kind === 'login') {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Log in</title>');
    } else {
      response.writeHead(kind === 'busy' ? 503 : 404).end();
    }
  });
};

/** In the order of the photos' names. */
const ARTICLES = [
  'Olive Oil',
  'Brass Pendant Lamp',
  'Mountain Print',
  'Stoneware Mug',
  'Snake Plant',
  'Evening Sea Poster',
];
const KINDS = ['Lagoon', 'Moss', 'Ochre', 'Slate', 'Rosé', 'Żubr', 'Nuit', 'Sand'];

/** A CSV of so many products with one image each; `broken` gives another kind of URL for some. */
export const catalogue = (origin, products, broken = () => null) => {
  const rows = Array.from({ length: products }, (_, n) => {
    const name = `${ARTICLES[n % ARTICLES.length]} “${KINDS[(n * 5) % KINDS.length]}” No. ${n + 1}`;
    return `${n + 1},${name},${origin}/${broken(n) ?? 'photo'}/${n}.jpg`;
  });
  return `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
};
