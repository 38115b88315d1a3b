import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeImage } from './image-server.ts';

export interface Pictures {
  readonly origin: string;
  /** Downloads under way, and the most there were at once. */
  readonly load: { now: number; most: number };
  close(): Promise<void>;
}

/** Answers every path with one small JPEG, after `latencyMs`. */
export const startPictures = async (latencyMs: number): Promise<Pictures> => {
  const jpeg = await makeImage('jpeg');
  const load = { now: 0, most: 0 };
  const server = createServer((_req, res) => {
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    const timer = setTimeout(() => res.setHeader('content-type', 'image/jpeg').end(jpeg), latencyMs);
    res.on('close', () => {
      clearTimeout(timer);
      load.now -= 1;
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    load,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
};

/** A CSV of so many products with one image each; `name` distinguishes its paths. */
export const csvOf = (origin: string, images: number, name = 'p'): string =>
  `S. No.,Product Name,Input Image Urls\n${Array.from({ length: images }, (_, n) => `${n},P${n},${origin}/${name}-${n}.jpg`).join('\n')}\n`;
