import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { createRandom } from '../random.ts';
import { type Scenario, seconds, timed } from '../scenario.ts';
import { inWorld, settled, type Uploaded } from '../world.ts';

const INSTANCES = 2;
const UPLOADERS = 4;
/** Images per request, in rotation. */
const IMAGES = [1, 2, 3];
const LONGEST_PROGRESS_MS = 120_000;

interface Size {
  readonly requests: number;
  readonly kills: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

export const smallRequests: Scenario<Size> = {
  number: 11,
  title: 'small requests, kill -9 while they are uploaded and worked on',
  short: { requests: 60, kills: 2, latencyMs: 20, leaseSeconds: 2 },
  full: { requests: 600, kills: 12, latencyMs: 50, leaseSeconds: 4 },
  run: (size, { storage, hurry, seed }) =>
    inWorld({ storage, ...size }, async (world) => {
      const random = createRandom(seed);
      const begun = performance.now();
      const starts = new Set<Promise<unknown>>();
      const start = (slot: number): void => {
        const started = world.start(slot).finally(() => starts.delete(started));
        starts.add(started);
      };
      for (let slot = 0; slot < INSTANCES; slot += 1) start(slot);
      await Promise.all(starts);

      const sizes = Array.from({ length: size.requests }, (_, n) => IMAGES[n % IMAGES.length] ?? 1);
      const images = sizes.reduce((sum, each) => sum + each, 0);
      const uploads: Uploaded[] = [];
      const left = [...sizes.entries()];
      const uploader = async (): Promise<void> => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const [n, count] = next;
          uploads.push(await world.upload(world.rows(count, `r${n}`)));
        }
      };
      const uploading = Promise.all(Array.from({ length: UPLOADERS }, uploader));
      const killing = async (): Promise<void> => {
        for (let kill = 1; kill <= size.kills; kill += 1) {
          const at = (images * kill) / (size.kills + 1);
          await waitFor(async () => world.audit.settled() >= at && world.instances.size > 0, LONGEST_PROGRESS_MS);
          const ready = [...world.instances.keys()];
          const slot = ready[Math.floor(random() * ready.length)] ?? 0;
          await world.kill(slot);
          start(slot);
        }
      };
      await Promise.all([uploading, killing()]);
      await Promise.all(starts);
      // The next instance to start removes uploads that were cut off by a kill.
      await world.ageUploads();
      await world.start(INSTANCES);
      const { ms } = await timed(() => settled(world, hurry));
      const checked = await checkInvariants(world, uploads);
      return {
        requests: checked.requests,
        'uploads stored, and cut off before their answer': checked.requests - uploads.length,
        images: checked.images,
        kills: size.kills,
        lost: checked.images - checked.completed,
        duplicated: checked.files - checked.completed,
        'images tried again': checked.retried,
        'webhooks repeated': checked.repeatedWebhooks,
        'all ended after the last upload': seconds(ms),
        took: seconds(performance.now() - begun),
      };
    }),
};
