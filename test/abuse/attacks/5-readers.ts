import { readFileSync } from 'node:fs';
import { waitFor } from '../../support/service.ts';
import { type Attack, demand, seconds } from '../attack.ts';
import { type RawClient, rawClient, servePhotos, using } from '../servers.ts';
import type { Target } from '../target.ts';
import { HEADER, type Traffic } from '../traffic.ts';

interface Size {
  readonly urls: number;
  readonly clients: number;
  readonly archives: number;
  readonly listeners: number;
  /** How long to wait for the service to close stalled connections; 0: not at all. */
  readonly waitMs: number;
}

/** Event streams per client (docs/security.md). */
const LISTENERS_OF_ONE = 2_000;
const URL_BYTES = 4_000;
const IMAGES = 200;

/** Open client connections of the service (proc_net_tcp(5)), without those to its database. */
const connectionsOf = (target: Target): number => {
  const port = Number(new URL(target.url).port).toString(16).toUpperCase().padStart(4, '0');
  const established = new RegExp(`^ *\\d+: [0-9A-F]+:${port} [0-9A-F]+:[0-9A-F]{4} 01 `, 'gm');
  return readFileSync(`/proc/${target.pid}/net/tcp`, 'utf8').match(established)?.length ?? 0;
};

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** Creates a request with a long status, and one with images for an archive. */
const prepare = async (traffic: Traffic, origin: string, urls: number): Promise<{ long: string; images: string }> => {
  const tail = 'x'.repeat(URL_BYTES);
  const rows = Array.from({ length: urls }, (_, n) => `${n},P,${origin}/missing-${n}-${tail}\n`);
  const images = Array.from({ length: IMAGES }, (_, n) => `${n},P,${origin}/${n}.jpg\n`);
  const id = await traffic.accepted(HEADER + images.join(''));
  await traffic.finished(id);
  return { long: await traffic.accepted(HEADER + rows.join('')), images: id };
};

export const readers: Attack<Size> = {
  number: 5,
  title: 'clients that do not read: long statuses, archives, event streams',
  short: { urls: 1_000, clients: 8, archives: 10, listeners: 50, waitMs: 0 },
  full: { urls: 10_000, clients: 24, archives: 300, listeners: 2_100, waitMs: 200_000 },
  bounds: { serviceMiB: 900, databaseMiB: 900, diskMiB: (sent) => 400 + 10 * sent },
  async run(size, { target, traffic }) {
    const photos = await servePhotos();
    return using(photos, async (origin) => {
      const { long, images } = await prepare(traffic, origin, size.urls);
      const page = await traffic.call(`/api/status/${long}?limit=10000`);
      demand(page.status === 200, `the status got ${page.status}`);
      const clients: RawClient[] = [];
      const idle = connectionsOf(target);
      const begun = performance.now();
      try {
        const open = async (count: number, path: string, reads: number): Promise<void> => {
          for (let n = 0; n < count; n += 1) clients.push(await rawClient(target.url, get(path), reads));
        };
        await open(size.clients, `/api/status/${long}?limit=10000`, 0);
        await open(size.archives, `/api/archive/${images}`, 0);
        await open(size.listeners, `/api/events/${long}`, 64);
        const listeners = clients.slice(-size.listeners);
        await waitFor(async () => listeners.every((one) => one.head() !== '' || one.closed()), 60_000);
        for (const one of listeners) {
          traffic.note(0, /^HTTP\/1\.1 (\d+)/.exec(one.head())?.[1] ?? 'nothing');
        }
        const taken = listeners.filter((one) => one.head().startsWith('HTTP/1.1 200')).length;
        demand(taken <= LISTENERS_OF_ONE, `one client has ${taken} event streams`);
        // Clients that read are still served.
        demand((await traffic.call(`/api/status/${images}?limit=1`)).status < 500, 'a client that reads got 5xx');
        const connections = connectionsOf(target) - idle;
        const notes = [
          `a page of ${(page.text.length / 1e6).toFixed(1)} MB`,
          `${taken} of ${size.listeners} event streams accepted`,
          `${connections} connections open at first`,
        ];
        if (size.waitMs === 0) return notes;
        const left = (): number => connectionsOf(target) - idle - taken;
        await waitFor(async () => left() <= 8, size.waitMs).catch(() =>
          demand(false, `${left()} stalled connections are still open`),
        );
        return [...notes, `stalled connections closed after ${seconds(performance.now() - begun)}`];
      } finally {
        for (const one of clients) one.end();
      }
    });
  },
};
