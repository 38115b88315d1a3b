import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { heldNow, recovered } from '../held.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled, type Uploaded, type World } from '../world.ts';

/** How wrong the wall clock of each instance is. */
const SKEWS_MS = [60_000, -60_000, 0];
const KILLED = 0;
const PATIENCE_MS = 120_000;

interface Size {
  readonly images: number;
  readonly requests: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
  /** What the recovery may take beyond the lease: less than the skew. */
  readonly graceMs: number;
}

const start = (world: World, slot: number) =>
  world.start(slot, {
    environment: { SKEW_MS: `${SKEWS_MS[slot]}` },
    command: [process.execPath, '--import', './test/support/workers/skewed-clock.mjs', 'dist/main.js'],
  });

/** How far the clock that an instance logs with is from ours. */
const loggedSkew = (log: string): number => Number(/"time":(\d+)/.exec(log)?.[1]) - Date.now();

/**
 * Images that were tried again although the one that was killed had not claimed them, or another did before the kill. Not
 * what it held right after the kill: claims that were on their way then are done by the database a moment later.
 */
const takenFromTheLiving = async ({ connection, audit }: World, killedAt: number): Promise<number> => {
  const again = await connection
    .collection<{ _id: string; attempts: number }>('images')
    .find({ attempts: { $gt: 1 } }, { projection: { attempts: 1 } })
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
  // The lease is long: under load a late renewal must not look like an effect of the clocks.
  // And the images are many more than two instances hold at once: the third one hears of them up to half a second later.
  short: { images: 150, requests: 5, latencyMs: 200, leaseSeconds: 6, graceMs: 45_000 },
  full: { images: 1_000, requests: 10, latencyMs: 300, leaseSeconds: 10, graceMs: 5_000 },
  run: (size, { storage, hurry }) =>
    inWorld({ storage, ...size }, async (world) => {
      const instances = await Promise.all(SKEWS_MS.map((_, slot) => start(world, slot)));
      for (const [slot, { log }] of instances.entries()) {
        const wrong = loggedSkew(log()) - (SKEWS_MS[slot] ?? 0);
        if (Math.abs(wrong) > 30_000) throw new Error(`the clock of instance ${slot} is not skewed as it should be`);
      }
      const uploads: Uploaded[] = [];
      for (let n = 0; n < size.requests; n += 1) {
        uploads.push(await world.upload(world.rows(size.images / size.requests, `r${n}`)));
      }
      await waitFor(async () => world.audit.settled() > size.images / 2, PATIENCE_MS);
      const shares = SKEWS_MS.map((_, slot) => world.audit.writesOf(slot).taken);
      if (shares.includes(0)) throw new Error(`an instance did nothing: ${shares.join(', ')}`);
      const killedAt = performance.now();
      await world.kill(KILLED);
      const lost = await heldNow(world, KILLED);
      await recovered(world, lost);
      const recoveredMs = performance.now() - killedAt;
      await settled(world, hurry);
      const checked = await checkInvariants(world, uploads);
      // Nobody took an image from a living owner, and nobody waited longer than the lease for those of the dead one.
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
