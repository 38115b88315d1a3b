import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { leasedImages, recovered } from '../leased-images.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled, type Uploaded, type World } from '../world.ts';

/** Skew of each instance's wall clock. */
const SKEWS_MS = [60_000, -60_000, 0];
const KILLED = 0;
const TIMEOUT_MS = 120_000;

interface Size {
  readonly images: number;
  readonly requests: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
  /** How long recovery may take beyond the lease; less than the skew. */
  readonly graceMs: number;
}

const start = (world: World, slot: number) =>
  world.start(slot, {
    environment: { SKEW_MS: `${SKEWS_MS[slot]}` },
    command: [process.execPath, '--import', './test/support/workers/skewed-clock.mjs', 'dist/main.js'],
  });

/** Difference between the timestamps that an instance logs and our clock. */
const loggedSkew = (log: string): number => Number(/"time":(\d+)/.exec(log)?.[1]) - Date.now();

/**
 * Images that were retried although the killed instance had not claimed them, or that another one claimed before the kill.
 * Based on claims, not on leases right after the kill: the database may apply claims in flight a moment later.
 */
const takenFromTheLiving = async ({ connection, audit }: World, killedAt: number): Promise<number> => {
  const again = await connection
    .collection<{ _id: string; attempts: number }>('images')
    .find({ attempts: { $gt: 1 } }, { projection: { attempts: 1 }, ...ACROSS_REQUESTS })
    .toArray();
  const isTaken = ({ _id, attempts }: (typeof again)[number]): boolean => {
    const claims = audit.claimsOf(_id);
    const isLeftBehind = claims.some(({ slot }) => slot === KILLED);
    return attempts > 2 || !isLeftBehind || !claims.some(({ slot, at }) => slot !== KILLED && at > killedAt);
  };
  return again.filter(isTaken).length;
};

export const clocks: Scenario<Size> = {
  number: 8,
  title: 'clocks of the instances 60 s fast and slow',
  // A long lease, so that a late renewal under load does not look like an effect of the clocks.
  // Many more images than two instances lease at once: the third one finds them up to half a second later.
  short: { images: 150, requests: 5, latencyMs: 200, leaseSeconds: 6, graceMs: 45_000 },
  full: { images: 1_000, requests: 10, latencyMs: 300, leaseSeconds: 10, graceMs: 5_000 },
  run: (size, { storage, hurry }) =>
    inWorld({ storage, ...size }, async (world) => {
      const instances = await Promise.all(SKEWS_MS.map((_, slot) => start(world, slot)));
      for (const [slot, { log }] of instances.entries()) {
        const wrong = loggedSkew(log()) - (SKEWS_MS[slot] ?? 0);
        if (Math.abs(wrong) > 30_000) throw new Error(`the clock of instance ${slot} is not skewed as expected`);
      }
      const uploads: Uploaded[] = [];
      for (let n = 0; n < size.requests; n += 1) {
        uploads.push(await world.upload(world.rows(size.images / size.requests, `r${n}`)));
      }
      await waitFor(async () => world.audit.settled() > size.images / 2, TIMEOUT_MS);
      const shares = SKEWS_MS.map((_, slot) => world.audit.writesOf(slot).applied);
      if (shares.includes(0)) throw new Error(`an instance did nothing: ${shares.join(', ')}`);
      const killedAt = performance.now();
      await world.kill(KILLED);
      const lost = await leasedImages(world, KILLED);
      await recovered(world, lost);
      const recoveredMs = performance.now() - killedAt;
      await settled(world, hurry);
      const checked = await checkInvariants(world, uploads);
      // No image was taken from a living owner, and those of the dead one were recovered within the lease.
      const taken = await takenFromTheLiving(world, killedAt);
      if (taken > 0) throw new Error(`${taken} images were taken from a living owner`);
      if (recoveredMs > world.leaseMs + size.graceMs) throw new Error(`recovered only after ${seconds(recoveredMs)}`);
      return {
        images: checked.images,
        'taken from a living owner': taken,
        'held by the one that was killed': lost.length,
        'recovered after': seconds(recoveredMs),
        lease: seconds(world.leaseMs),
      };
    }),
};
