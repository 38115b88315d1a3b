/**
 * Peak memory of many large images at once: 16 JPEGs of 50 megapixels through the pool, each bound in a process of its
 * own. `npm run build` first, then `node bench/large-images.mjs [MAX_PIXELS_IN_FLIGHT …]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createImagePool } from '../dist/images/pool/pool.js';
import { startServer } from '../test/support/servers/image-server.mjs';

const IMAGES = 16;
const [WIDTH, HEIGHT] = [8_660, 5_774];
const MB = 1024 * 1024;

/** Smooth noise: about the bytes of a photo, at one channel's cost to make. */
const largeImage = async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 25 };
  const small = await sharp({ create: { width: 1_732, height: 1_155, channels: 3, background: '#888888', noise } })
    .png()
    .toBuffer();
  return sharp(small).resize(WIDTH, HEIGHT, { fit: 'fill' }).jpeg({ quality: 85 }).toBuffer();
};

const measure = async (maxPixelsInFlight) => {
  const bytes = await largeImage();
  const server = await startServer((_request, response) => response.end(bytes));
  const directory = await mkdtemp(path.join(tmpdir(), 'large-'));
  const limits = {
    maxImageBytes: 100 * MB,
    maxPixels: 100_000_000,
    maxDownloadSeconds: 60,
    maxRedirects: 0,
    maxConnectionsPerOrigin: 16,
  };
  const threads = 4;
  const pool = await createImagePool({
    workerFile: fileURLToPath(new URL('../dist/worker.js', import.meta.url)),
    threads,
    tasksPerThread: 4,
    maxPixelsInFlight,
    deadlines: { download: 600_000, decode: 600_000, encode: 600_000, store: 600_000 },
    workerData: {
      limits,
      network: { allowPrivateNetworks: ['127.0.0.0/8'] },
      storage: { kind: 'local', directory },
      sources: null,
      threads,
      // As on a machine with 16 cores, where the gate of the threads alone would let all of them in.
      encodeConcurrency: 4,
    },
  });
  const idle = process.memoryUsage().rss;
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 10);
  const begun = performance.now();
  const url = `${server.origin}/`;
  const id = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const results = await Promise.all(
    Array.from({ length: IMAGES }, (_, n) => pool.run({ id: id(n), url, quality: 50, format: 'jpeg' })),
  );
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(watch);
  await pool.close();
  await server.close();
  await rm(directory, { recursive: true });
  if (!results.every((result) => result.ok)) throw new Error(JSON.stringify(results.find((result) => !result.ok)));
  const megabytes = (value) => Math.round(value / MB);
  const memory = `${megabytes(idle)} MB idle, ${megabytes(peak)} MB at the peak`;
  const each = `${IMAGES} × ${megabytes(bytes.length)} MB`;
  console.log(`MAX_PIXELS_IN_FLIGHT ${maxPixelsInFlight}, ${each}: ${memory}, ${seconds.toFixed(1)} s`);
};

const bounds = process.argv.slice(2);
if (bounds.length === 1) {
  await measure(Number(bounds[0]));
} else {
  const script = fileURLToPath(import.meta.url);
  for (const bound of bounds.length > 0 ? bounds : ['50000000', '100000000', '200000000', '1000000000']) {
    spawnSync(process.execPath, [script, bound], {
      stdio: 'inherit',
      env: { ...process.env, UV_THREADPOOL_SIZE: '20' },
    });
  }
}
