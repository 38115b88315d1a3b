import type { ProxyHooks, WriteCommand } from '../../support/servers/database-proxy.ts';
import { checkInvariants } from '../check.ts';
import { createRandom } from '../random.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled, type Uploaded } from '../world.ts';

interface Size {
  readonly instances: number;
  readonly images: number;
  readonly requests: number;
  /** Share of writes whose reply is dropped, and the minimum number of drops. */
  readonly share: number;
  readonly leastDrops: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

export const lostReplies: Scenario<Size> = {
  number: 5,
  title: 'replies of the database dropped after the write was done',
  short: { instances: 2, images: 60, requests: 3, share: 0.1, leastDrops: 3, latencyMs: 50, leaseSeconds: 2 },
  full: { instances: 3, images: 1_000, requests: 10, share: 0.05, leastDrops: 20, latencyMs: 100, leaseSeconds: 4 },
  run: (size, { storage, hurry, seed }) =>
    inWorld({ storage, ...size }, async (world) => {
      const random = createRandom(seed);
      const drops = new Map<string, number>();
      let writes = 0;
      // A start that loses a reply ends with one line, and is begun again by the supervisor, which there is none of here.
      let haveStarted = false;
      const drop = ({ name, collection }: WriteCommand): 'pass' | 'cut' => {
        if (!haveStarted) return 'pass';
        writes += 1;
        if (random() >= size.share) return 'pass';
        drops.set(`${name} ${collection}`, (drops.get(`${name} ${collection}`) ?? 0) + 1);
        return 'cut';
      };
      const hooks: ProxyHooks = { onReply: drop };
      await Promise.all(Array.from({ length: size.instances }, (_, slot) => world.start(slot, { hooks })));
      haveStarted = true;
      const begun = performance.now();
      const uploads: Uploaded[] = [];
      for (let n = 0; n < size.requests; n += 1) {
        uploads.push(await world.upload(world.rows(size.images / size.requests, `r${n}`)));
      }
      // A new instance repairs what the others could not write; they would do so every 30 s.
      await world.ageUploads();
      await world.start(size.instances, { hooks: {} });
      await settled(world, hurry);
      const took = performance.now() - begun;
      const checked = await checkInvariants(world, uploads);
      const dropped = [...drops.values()].reduce((sum, count) => sum + count, 0);
      if (dropped < size.leastDrops) throw new Error(`only ${dropped} replies were dropped`);
      return {
        images: checked.images,
        'writes seen': writes,
        'replies dropped': dropped,
        'of them': [...drops].map(([what, count]) => `${count} ${what}`).join(', '),
        lost: checked.images - checked.completed,
        'images tried again': checked.retried,
        'webhooks repeated': checked.repeatedWebhooks,
        took: seconds(took),
      };
    }),
};
