/** Serves `samples/photos/` where the URLs of `samples/products.csv` point: `node scripts/serve-samples.mjs`. */
import { fileURLToPath } from 'node:url';
import { servePhotos } from './demo/servers.mjs';

const { origin } = await servePhotos(fileURLToPath(new URL('../samples/photos/', import.meta.url)), 8099);
console.log(`The sample photos are at ${origin}; Ctrl-C stops.`);
