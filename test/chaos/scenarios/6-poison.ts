import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled } from '../world.ts';

const MAX_ATTEMPTS = 3;
const TIMEOUT_MS = 180_000;
const POISONED = ['test/support/workers/service-process.mjs', 'test/support/workers/poisoned-worker.mjs'];

interface Size {
  readonly instances: number;
  readonly images: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

const isPoison = (url: string): boolean => url.includes('poison');

export const poison: Scenario<Size> = {
  number: 6,
  title: 'an image that aborts its process',
  short: { instances: 2, images: 30, latencyMs: 50, leaseSeconds: 2 },
  full: { instances: 3, images: 500, latencyMs: 100, leaseSeconds: 4 },
  run: (size, { storage, hurry }) =>
    inWorld({ storage, ...size }, async (world) => {
      let aborts = 0;
      let over = false;
      const command = [process.execPath, ...POISONED];
      const environment = { MAX_ATTEMPTS: `${MAX_ATTEMPTS}` };
      /** Restarts an instance whenever the poisoned image aborts it. */
      const keep = async (slot: number): Promise<void> => {
        const instance = await world.start(slot, { command, environment });
        void instance.exited.then(async ({ signal }) => {
          if (signal !== 'SIGABRT' || over) return;
          aborts += 1;
          await keep(slot).catch(() => {});
        });
      };
      await Promise.all(Array.from({ length: size.instances }, (_, slot) => keep(slot)));
      const begun = performance.now();
      const rows = world.rows(size.images - 1, 'r');
      rows.splice(Math.floor(rows.length / 3), 0, {
        serial: 'poison',
        urls: [`${world.pictures.origin}/poison,1.jpg`],
      });
      const upload = await world.upload(rows);
      const requests = world.connection.collection('requests');
      await waitFor(async () => (await requests.countDocuments({ state: 'completed_with_errors' })) === 1, TIMEOUT_MS);
      await settled(world, hurry);
      over = true;
      await waitFor(async () => world.instances.size > 0, TIMEOUT_MS);
      const checked = await checkInvariants(world, [upload], isPoison);
      const failed = await world.connection.collection('images').findOne({ status: 'failed' }, ACROSS_REQUESTS);
      if (failed?.error?.code !== 'attempts_exhausted') throw new Error(`it failed with ${failed?.error?.code}`);
      if (aborts < MAX_ATTEMPTS) throw new Error(`it stopped only ${aborts} processes`);
      return {
        images: checked.images,
        MAX_ATTEMPTS: MAX_ATTEMPTS,
        'processes aborted': aborts,
        'given up': checked.failed,
        'others completed': checked.completed,
        'images tried again': checked.retried,
        took: seconds(performance.now() - begun),
      };
    }),
};
