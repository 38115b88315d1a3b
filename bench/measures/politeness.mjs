import { openStore } from '../stage/built.mjs';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

const FAST_MS = 20;
const SLOW_MS = 5_000;

export const politeness = {
  name: 'politeness',
  title: '9. Politeness: a slow origin next to a fast one',
  sizes: { full: { fast: 300, slow: 24, rounds: 3 }, quick: { fast: 60, slow: 12, rounds: 1 } },

  async run({ sizes, say, database, service, imageServer }) {
    const [fastOrigin, slowOrigin] = await imageServer('-', 2);
    const server = await database();
    const { url, mongodbUri } = await service(server);
    const store = await openStore(mongodbUri);
    const fast = (mark) =>
      Array.from({ length: sizes.fast }, (_, n) => `${fastOrigin}/${FAST_MS}/tiny/${mark}-${n}.png`);
    const slow = (mark) =>
      Array.from({ length: sizes.slow }, (_, n) => `${slowOrigin}/${SLOW_MS}/tiny/${mark}-${n}.png`);
    const alone = [];
    const together = [];
    const whole = [];
    try {
      await timeBatch(url, csvOf(fast('warm')));
      for (let round = 1; round <= sizes.rounds; round += 1) {
        alone.push(await lastEnd(store, await timeBatch(url, csvOf(fast(`a${round}`))), fastOrigin));
        const batch = await timeBatch(url, csvOf(mixed(slow(`b${round}`), fast(`b${round}`))));
        together.push(await lastEnd(store, batch, fastOrigin));
        whole.push(batch.ms);
        say(`round ${round}: alone ${alone.at(-1)} ms, next to the slow one ${together.at(-1)} ms`);
      }
    } finally {
      await store.close();
    }
    return [
      `${sizes.fast} tiny images of an origin with ${FAST_MS} ms latency, alone and in one CSV with ${sizes.slow} of an origin with ${SLOW_MS / 1000} s, spread evenly, the slow ones first; ${sizes.rounds} rounds in turn. The time is from the request's beginning to the end of the last image of the fast origin.`,
      table(
        ['', 'measured'],
        [
          ['fast origin alone, ms', showSpread(alone, 0)],
          ['fast origin next to the slow one, ms', showSpread(together, 0)],
          ['together, as a multiple of alone (goal: near 1)', showSpread(ratios(together, alone), 2)],
          ['whole batch together, ms', showSpread(whole, 0)],
        ],
      ),
    ];
  },
};

/** Spreads the slow ones evenly among the fast ones. */
const mixed = (slow, fast) => {
  const every = Math.max(1, Math.floor(fast.length / slow.length));
  return slow.flatMap((url, n) => [
    url,
    ...fast.slice(n * every, n === slow.length - 1 ? fast.length : (n + 1) * every),
  ]);
};

/** Milliseconds from the start of the request to the end of its last image of that origin, by the stored times. */
const lastEnd = async ({ models }, { requestId, status }, origin) => {
  const images = await models.images.find({ requestId }, { inputUrl: 1, finishedAt: 1 }).lean();
  const ends = images.filter(({ inputUrl }) => inputUrl.startsWith(`${origin}/`)).map(({ finishedAt }) => +finishedAt);
  return Math.max(...ends) - Date.parse(status.createdAt);
};
