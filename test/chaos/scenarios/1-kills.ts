import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { type LeasedImage, leasedImages, recovered } from '../leased-images.ts';
import { createRandom } from '../random.ts';
import { type Scenario, seconds, timed } from '../scenario.ts';
import { inWorld, settled, type Uploaded } from '../world.ts';

const INSTANCES = 3;
const LONGEST_PROGRESS_MS = 120_000;

interface Size {
  readonly images: number;
  readonly requests: number;
  readonly kills: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
  /** How long recovery may take beyond the lease. */
  readonly graceMs: number;
}

/** Numbers of finished images at which an instance is killed: random, ascending, before the end of the batch. */
const killsAt = (kills: number, images: number, random: () => number): number[] =>
  Array.from({ length: kills }, () => Math.floor(images * (0.02 + 0.93 * random()))).sort((a, b) => a - b);

export const kills: Scenario<Size> = {
  number: 1,
  title: '3 instances, random kill -9',
  // The short run shares its machine with other tests: it only proves that nothing is lost, not how soon.
  short: { images: 90, requests: 3, kills: 3, latencyMs: 150, leaseSeconds: 2, graceMs: 60_000 },
  full: { images: 2_000, requests: 20, kills: 40, latencyMs: 300, leaseSeconds: 4, graceMs: 5_000 },
  run: (size, { storage, hurry, seed }) =>
    inWorld({ storage, ...size }, async (world) => {
      const random = createRandom(seed);
      const starts = new Set<Promise<unknown>>();
      const start = (slot: number): void => {
        const started = world.start(slot).finally(() => starts.delete(started));
        starts.add(started);
      };
      for (let slot = 0; slot < INSTANCES; slot += 1) start(slot);
      await Promise.all(starts);
      const begun = performance.now();
      const uploads: Uploaded[] = [];
      for (let n = 0; n < size.requests; n += 1) {
        uploads.push(await world.upload(world.rows(size.images / size.requests, `r${n}`)));
      }

      // Tokens of dead processes, whose leases are not renewed.
      const dead = new Set<string>();
      let leased: LeasedImage[] = [];
      let lastLeased = 0;
      let killedAt = begun;
      for (const at of killsAt(size.kills, size.images, random)) {
        await waitFor(async () => world.audit.settled() >= at && world.instances.size > 0, LONGEST_PROGRESS_MS);
        const ready = [...world.instances.keys()];
        const slot = ready[Math.floor(random() * ready.length)] ?? 0;
        await world.kill(slot);
        killedAt = performance.now();
        const own = world.audit.tokensOf(slot);
        for (const token of own) dead.add(token);
        leased = (await leasedImages(world)).filter(({ leaseToken }) => dead.has(leaseToken));
        lastLeased = leased.filter(({ leaseToken }) => own.has(leaseToken)).length;
        start(slot);
      }
      await recovered(world, leased);
      const recoveredMs = performance.now() - killedAt;
      await Promise.all(starts);
      const { ms } = await timed(() => settled(world, hurry));
      const checked = await checkInvariants(world, uploads);
      if (recoveredMs > world.leaseMs + size.graceMs) {
        throw new Error(
          `recovered ${seconds(recoveredMs)} after the last kill, with a lease of ${size.leaseSeconds} s`,
        );
      }
      return {
        images: checked.images,
        requests: checked.requests,
        kills: size.kills,
        lost: checked.images - checked.completed,
        duplicated: checked.files - checked.completed,
        'held by the last killed': lastLeased,
        'held by all that were killed, then': leased.length,
        'recovered after the last kill': seconds(recoveredMs),
        lease: `${size.leaseSeconds} s`,
        'all ended after the last kill': seconds(recoveredMs + ms),
        'images tried again': checked.retried,
        'temporary files left by kills, swept': checked.temporary,
        'webhooks repeated': checked.repeatedWebhooks,
        took: seconds(performance.now() - begun),
      };
    }),
};
