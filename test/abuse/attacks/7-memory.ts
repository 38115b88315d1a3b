import { startServer } from '../../support/servers/image-server.mjs';
import { type Attack, demand, seconds } from '../attack.ts';
import { deepPng } from '../pictures.ts';
import { using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly width: number;
  readonly height: number;
  readonly images: number;
  readonly formats: readonly string[];
}

/** The only permitted error: these images are valid, but may be too large for the available memory. */
const REFUSED = ['too_many_pixels'];

export const memory: Attack<Size> = {
  number: 7,
  title: 'small files with large pixels: 16-bit, interlaced, with alpha',
  short: { width: 2_000, height: 1_500, images: 6, formats: ['jpeg'] },
  full: { width: 10_000, height: 9_999, images: 4, formats: ['jpeg', 'avif'] },
  // Based on the memory that the service allows itself: see docs/security.md.
  bounds: { serviceMiB: 6_000, databaseMiB: 300, diskMiB: () => 300 },
  async run({ width, height, images, formats }, { traffic }) {
    const bytes = await deepPng(width, height);
    const server = await startServer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.length }).end(bytes);
    });
    return using(server, async (origin) => {
      const notes = [`a PNG of ${Math.round(bytes.length / 1_000)} kB`];
      for (const format of formats) {
        const begun = performance.now();
        const rows = Array.from({ length: images }, (_, n) => `${n},P,${origin}/${format}-${n}.png\n`);
        const id = await traffic.accepted(HEADER + rows.join(''), { format });
        const { progress } = await traffic.finished(id, 900_000);
        const { text } = await traffic.call(`/api/status/${id}`);
        const codes = [...text.matchAll(/"error":\{"code":"(\w+)"/g)].map(([, code = '']) => code);
        demand(
          codes.every((code) => REFUSED.includes(code)),
          `images to ${format} failed with ${codes.join(', ')}`,
        );
        const took = seconds(performance.now() - begun);
        notes.push(`${format}: ${progress.completed} completed, ${progress.failed} refused, ${took}`);
      }
      return notes;
    });
  },
};
