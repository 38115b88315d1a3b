import { type Attack, demand, MIB } from '../attack.ts';
import { bytesBelow } from '../meter.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly urls: number;
  readonly uploads: number;
}

const NAME_BYTES = 500_000;
/** The longest name that is taken. */
const TAKEN_NAME = 500;
/** What the documents of an upload are at most, of its bytes (docs/security.md); and what a database takes for itself. */
const MULTIPLE = 120;
const OWN_MIB = 150;

export const amplification: Attack<Size> = {
  number: 3,
  title: 'a name that would be copied into thousands of images',
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
        demand(status === 202 || status === 422, `a name of 500 kB was answered ${status}`);
      }
      // As long as a name may be: what is stored for each image must not grow by it without bound.
      for (let n = 0; n < uploads; n += 1) {
        const id = await traffic.taken(row(TAKEN_NAME, n));
        const status = JSON.parse((await traffic.call(`/api/status/${id}?limit=1`)).text);
        demand(status.progress.total === urls, `${status.progress.total} images were stored`);
        // Stored it is; working on it would only take time.
        await traffic.call(`/api/cancel/${id}`, { method: 'POST' });
      }
      const grown = (await bytesBelow(target.directory)) - before;
      return [`${(grown / MIB).toFixed(0)} MiB on disk for ${(traffic.sent() / MIB).toFixed(1)} MiB of uploads`];
    });
  },
};
