import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { heldNow } from '../held.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled } from '../world.ts';

const FROZEN = 0;
const LEASES = 3;
/** What of a request must never change once it has ended. */
const END = { state: 1, run: 1, counters: 1, finishedAt: 1 };
/** Longer than the work on an image takes. */
const QUIET_MS = 5_000;
const PATIENCE_MS = 120_000;

interface Size {
  readonly images: number;
  readonly rounds: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

export const freeze: Scenario<Size> = {
  number: 2,
  title: 'SIGSTOP for three leases, then SIGCONT',
  short: { images: 40, rounds: 1, latencyMs: 300, leaseSeconds: 2 },
  full: { images: 200, rounds: 5, latencyMs: 300, leaseSeconds: 4 },
  run: (size, { storage, hurry }) =>
    inWorld({ storage, ...size }, async (world) => {
      const { audit, connection } = world;
      const instance = await world.start(FROZEN);
      const uploads = [];
      let frozenImages = 0;
      let stale = 0;
      let accepted = 0;
      for (let round = 0; round < size.rounds; round += 1) {
        const before = audit.settled();
        // Alone at first, so that it surely holds images when it is stopped.
        uploads.push(await world.upload(world.rows(size.images, `r${round}`)));
        await waitFor(async () => audit.settled() >= before + 4, PATIENCE_MS);
        instance.process.kill('SIGSTOP');
        const frozenAt = performance.now();
        // What it had sent before is done in a moment.
        await pause(200);
        const held = await heldNow(world, FROZEN);
        if (held.length === 0) throw new Error('the frozen instance held nothing');
        const writes = { ...audit.writesOf(FROZEN) };

        if (!world.instances.has(1)) await world.start(1);
        const requests = connection.collection<{ _id: string }>('requests');
        await waitFor(async () => (await requests.countDocuments({ state: 'completed' })) === round + 1, PATIENCE_MS);
        await pause(Math.max(0, LEASES * world.leaseMs - (performance.now() - frozenAt)));
        const ends = async () => JSON.stringify(await requests.find({}, { projection: END }).toArray());
        const ended = await ends();

        instance.process.kill('SIGCONT');
        // It does not know that it was stopped: it writes the outcomes of its images, or gives them back where it finds
        // their leases lost.
        // A claim whose answer it had not read yet comes to nothing, so fewer writes than held images may come.
        let seen = { sent: writes.sent, at: performance.now() };
        await waitFor(async () => {
          const { sent } = audit.writesOf(FROZEN);
          if (sent !== seen.sent) seen = { sent, at: performance.now() };
          const quiet = performance.now() - seen.at > QUIET_MS;
          return sent >= writes.sent + held.length || (sent > writes.sent && quiet);
        }, PATIENCE_MS);
        await waitFor(async () => (await fetch(`${instance.url}/ready`)).status === 200, PATIENCE_MS);
        const after = audit.writesOf(FROZEN);
        frozenImages += held.length;
        stale += after.sent - writes.sent;
        accepted += after.taken - writes.taken;
        if (accepted > 0) throw new Error(`${accepted} stale writes were accepted`);
        const settledBy = await connection.collection<{ _id: string }>('images').countDocuments({
          settledBy: { $in: [...new Set(held.map(({ leaseToken }) => leaseToken))] },
          _id: { $in: held.map(({ _id }) => _id) },
        });
        if (settledBy !== 0) throw new Error(`${settledBy} images were settled under an old lease`);
        if ((await ends()) !== ended) throw new Error('stale writes changed a finished request');
        if (round + 1 < size.rounds) await world.kill(1);
      }
      await settled(world, hurry);
      const checked = await checkInvariants(world, uploads);
      return {
        images: checked.images,
        freezes: size.rounds,
        'frozen for': seconds(LEASES * world.leaseMs),
        'images held when frozen': frozenImages,
        'stale writes tried': stale,
        'stale writes accepted': accepted,
      };
    }),
};
