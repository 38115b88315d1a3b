import { setTimeout as pause } from 'node:timers/promises';
import { csvOf, statusOf, upload } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const UPLOADERS = 4;
const POLL_MS = 100;
const LONGEST_MS = 600_000;
const GOAL_UPLOAD_MS = 28;
const GOAL_END_MS = 5_000;
const GOAL_START_MS = 2_000;

/** Polls one request at a time, in upload order, so that polling adds little load. */
const untilCompleted = async (service, requestIds) => {
  const late = performance.now() + LONGEST_MS;
  const ended = [];
  for (const requestId of requestIds) {
    let status = await statusOf(service, requestId);
    while (status.finishedAt === null) {
      if (performance.now() > late) throw new Error(`${requestId} is ${status.status}, ${ended.length} have ended`);
      await pause(POLL_MS);
      status = await statusOf(service, requestId);
    }
    if (status.status !== 'completed') throw new Error(`${requestId} ended as ${status.status}`);
    ended.push(status);
  }
  return ended;
};

/**
 * Uploads CSVs of one image each, four at a time, and waits until every request is completed.
 * @returns milliseconds: per upload (average), from the last response to the end of the last request, and from the response
 *   of the request in the middle to its start, by the times stored by the service
 */
export const timeSmallRequests = async (service, urls) => {
  const accepted = [];
  const requestIds = [];
  let next = 0;
  const begun = performance.now();
  const uploader = async () => {
    for (let n = next++; n < urls.length; n = next++) {
      requestIds[n] = (await upload(service, csvOf([urls[n]]))).requestId;
      accepted[n] = Date.now();
    }
  };
  await Promise.all(Array.from({ length: UPLOADERS }, uploader));
  const uploadMs = (performance.now() - begun) / urls.length;
  const statuses = await untilCompleted(service, requestIds);
  const middle = Math.floor(urls.length / 2);
  const endedAt = Math.max(...statuses.map(({ finishedAt }) => Date.parse(finishedAt)));
  return {
    uploadMs,
    endMs: Math.max(0, endedAt - Math.max(...accepted)),
    startMs: Math.max(0, Date.parse(statuses[middle].startedAt) - accepted[middle]),
    slowestStartMs: Math.max(...statuses.map(({ startedAt }, n) => Date.parse(startedAt) - accepted[n])),
  };
};

export const smallRequests = {
  name: 'small-requests',
  title: '11. Many requests of one image',
  sizes: { full: { requests: 1_000, rounds: 3 }, quick: { requests: 100, rounds: 1 } },

  async run({ sizes, say, database, service, imageServer }) {
    const server = await database();
    const [origin] = await imageServer('-', 1);
    const measured = [];
    for (let round = 1; round <= sizes.rounds; round += 1) {
      // Only the default limit of uploads a minute is lifted: one client sends them all.
      const { url, stop } = await service(server, { RATE_LIMIT_UPLOADS_PER_MINUTE: '0' });
      const urls = Array.from({ length: sizes.requests }, (_, n) => `${origin}/0/tiny/small${round}-${n}.png`);
      measured.push(await timeSmallRequests(url, urls));
      const { uploadMs, endMs, startMs } = measured.at(-1);
      say(
        `round ${round}: ${uploadMs.toFixed(1)} ms an upload, all ended after ${endMs} ms, the middle began after ${startMs} ms`,
      );
      await stop();
    }
    const row = (name, key, digits, goal) => [
      name,
      showSpread(
        measured.map((each) => each[key]),
        digits,
      ),
      goal,
    ];
    return [
      `${sizes.requests} uploads of one image of 1×1 pixel each, ${UPLOADERS} at a time, ${sizes.rounds} rounds, each on a new service with default settings (uploads a minute not limited).`,
      table(
        ['', 'ms', 'goal'],
        [
          row('an upload (all of them, divided by their number)', 'uploadMs', 1, `≤ ${GOAL_UPLOAD_MS}`),
          row('from the last answer until all are completed', 'endMs', 0, `≤ ${GOAL_END_MS}`),
          row('from the answer of the one in the middle to its start', 'startMs', 0, `≤ ${GOAL_START_MS}`),
          row('the same, of the slowest of all', 'slowestStartMs', 0, '–'),
        ],
      ),
    ];
  },
};
