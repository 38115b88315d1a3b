import { setTimeout as pause } from 'node:timers/promises';
import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { leasedImages } from '../leased-images.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled } from '../world.ts';

const FROZEN = 0;
const LEASES = 3;
/** Fields that must not change once a request is finished. */
const END = { state: 1, run: 1, counters: 1, finishedAt: 1 };
/** Longer than processing an image takes. */
const QUIET_MS = 5_000;
const TIMEOUT_MS = 120_000;

interface Size {
  readonly images: number;
  readonly freezes: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

export const freeze: Scenario<Size> = {
  number: 2,
  title: 'SIGSTOP for three leases, then SIGCONT',
  short: { images: 40, freezes: 1, latencyMs: 300, leaseSeconds: 2 },
  full: { images: 200, freezes: 5, latencyMs: 300, leaseSeconds: 4 },
  run: (size, { storage, hurry }) =>
    inWorld({ storage, ...size }, async (world) => {
      const { audit, connection } = world;
      const instance = await world.start(FROZEN);
      const uploads = [];
      let frozenImages = 0;
      let stale = 0;
      let accepted = 0;
      for (let round = 0; round < size.freezes; round += 1) {
        const before = audit.settled();
        // It is alone at first, so it has leased images when it is stopped.
        uploads.push(await world.upload(world.rows(size.images, `r${round}`)));
        await waitFor(async () => audit.settled() >= before + 4, TIMEOUT_MS);
        instance.process.kill('SIGSTOP');
        const frozenAt = performance.now();
        // Writes that were already sent complete now.
        await pause(200);
        const leased = await leasedImages(world, FROZEN);
        if (leased.length === 0) throw new Error('the frozen instance had no leases');
        const writes = { ...audit.writesOf(FROZEN) };

        if (!world.instances.has(1)) await world.start(1);
        const requests = connection.collection<{ _id: string }>('requests');
        await waitFor(async () => (await requests.countDocuments({ state: 'completed' })) === round + 1, TIMEOUT_MS);
        await pause(Math.max(0, LEASES * world.leaseMs - (performance.now() - frozenAt)));
        const ends = async () => JSON.stringify(await requests.find({}, { projection: END }).toArray());
        const ended = await ends();

        instance.process.kill('SIGCONT');
        // It does not know that it was stopped: it writes the outcomes of its images, or releases those whose lease is lost.
        // A claim whose reply it had not read is dropped, so there may be fewer writes than leased images.
        let seen = { sent: writes.sent, at: performance.now() };
        await waitFor(async () => {
          const { sent } = audit.writesOf(FROZEN);
          if (sent !== seen.sent) seen = { sent, at: performance.now() };
          const quiet = performance.now() - seen.at > QUIET_MS;
          return sent >= writes.sent + leased.length || (sent > writes.sent && quiet);
        }, TIMEOUT_MS);
        await waitFor(async () => (await fetch(`${instance.url}/ready`)).status === 200, TIMEOUT_MS);
        const after = audit.writesOf(FROZEN);
        frozenImages += leased.length;
        stale += after.sent - writes.sent;
        accepted += after.applied - writes.applied;
        if (accepted > 0) throw new Error(`${accepted} stale writes were accepted`);
        const settledBy = await connection.collection<{ _id: string }>('images').countDocuments(
          {
            settledBy: { $in: [...new Set(leased.map(({ leaseToken }) => leaseToken))] },
            _id: { $in: leased.map(({ _id }) => _id) },
          },
          ACROSS_REQUESTS,
        );
        if (settledBy !== 0) throw new Error(`${settledBy} images were settled under an old lease`);
        if ((await ends()) !== ended) throw new Error('stale writes changed a finished request');
        if (round + 1 < size.freezes) await world.kill(1);
      }
      await settled(world, hurry);
      const checked = await checkInvariants(world, uploads);
      return {
        images: checked.images,
        freezes: size.freezes,
        'frozen for': seconds(LEASES * world.leaseMs),
        'images held when frozen': frozenImages,
        'stale writes tried': stale,
        'stale writes accepted': accepted,
      };
    }),
};
