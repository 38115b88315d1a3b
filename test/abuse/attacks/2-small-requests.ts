import { type Attack, demand, each, seconds } from '../attack.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly requests: number;
}

const AT_ONCE = 4;
/** Limits from the last upload response to the last image, and from an upload in the middle to its start. */
const FINISHED_MS = 5_000;
const STARTED_MS = 2_000;
const FINAL = ['completed', 'completed_with_errors', 'failed'];

export const smallRequests: Attack<Size> = {
  number: 2,
  title: 'hundreds of requests with one image, uploaded four at a time',
  short: { requests: 100 },
  full: { requests: 1_000 },
  bounds: { serviceMiB: 600, databaseMiB: 400, diskMiB: () => 250 },
  async run({ requests }, { traffic, checksTime }) {
    const photos = await servePhotos();
    return using(photos, async (origin) => {
      const ids: string[] = [];
      const begun = performance.now();
      let middle: { readonly id: string; readonly at: number } | null = null;
      await each(
        Array.from({ length: requests }, (_, n) => n),
        AT_ONCE,
        async (n) => {
          const at = Date.now();
          const id = await traffic.accepted(`${HEADER}${n},P,${origin}/${n}.jpg\n`);
          if (n === requests >> 1) middle = { id, at };
          ids.push(id);
        },
      );
      const uploaded = performance.now() - begun;
      const lastAnswer = Date.now();
      let last = 0;
      let started = 0;
      await each(ids, AT_ONCE, async (id) => {
        const status = await traffic.finished(id, 180_000);
        demand(status.status === FINAL[0], `a request ended as ${status.status}`);
        last = Math.max(last, Date.parse(status.finishedAt));
        if (id === middle?.id) started = Date.parse(status.startedAt) - middle.at;
      });
      const after = Math.max(0, last - lastAnswer);
      if (checksTime) {
        demand(after <= FINISHED_MS, `the last image was done ${seconds(after)} after the last answer`);
        demand(started <= STARTED_MS, `the image in the middle began after ${seconds(started)}`);
      }
      return [
        `${Math.round(uploaded / requests)} ms for an upload`,
        `all done ${seconds(after)} after the last answer`,
        `the one in the middle begun after ${seconds(started)}`,
      ];
    });
  },
};
