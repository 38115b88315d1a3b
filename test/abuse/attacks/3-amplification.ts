import { type Attack, demand, MIB } from '../attack.ts';
import { bytesBelow } from '../meter.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly urls: number;
  readonly uploads: number;
}

const NAME_BYTES = 500_000;
/** The longest accepted name. */
const LONGEST_NAME = 500;
/** Limit of stored bytes per uploaded byte (docs/security.md), and the database's own use. */
const MULTIPLE = 120;
const OWN_MIB = 150;

export const amplification: Attack<Size> = {
  number: 3,
  title: 'a long name shared by thousands of images',
  short: { urls: 600, uploads: 1 },
  full: { urls: 2_000, uploads: 20 },
  bounds: { serviceMiB: 700, databaseMiB: 700, diskMiB: (sent) => OWN_MIB + MULTIPLE * sent },
  async run({ urls, uploads }, { target, traffic }) {
    const photos = await servePhotos();
    return using(photos, async (origin) => {
      const before = await bytesBelow(target.directory);
      const row = (name: number, n: number): string =>
        `${HEADER}1,${'n'.repeat(name)},"${Array.from({ length: urls }, (_, at) => `${origin}/missing${n}-${at}`).join(',')}"\n`;
      for (let n = 0; n < uploads; n += 1) {
        const { status } = await traffic.upload(row(NAME_BYTES, n));
        demand(status === 202 || status === 422, `a name of 500 kB got ${status}`);
      }
      // The longest accepted name: the storage per image must stay bounded.
      for (let n = 0; n < uploads; n += 1) {
        const id = await traffic.accepted(row(LONGEST_NAME, n));
        const status = JSON.parse((await traffic.call(`/api/status/${id}?limit=1`)).text);
        demand(status.progress.total === urls, `${status.progress.total} images were stored`);
        // It is stored; processing it would only take time.
        await traffic.call(`/api/cancel/${id}`, { method: 'POST' });
      }
      const grown = (await bytesBelow(target.directory)) - before;
      return [`${(grown / MIB).toFixed(0)} MiB on disk for ${(traffic.sent() / MIB).toFixed(1)} MiB of uploads`];
    });
  },
};
