import { spread } from './statistics.mjs';

export const CONCURRENCIES = [1, 2, 3, 4];

/** How many pictures at once are fastest for bare sharp on this machine. */
export const findBest = async (bare, say, question = {}) => {
  await bare.ask({ ...question, concurrency: 2 });
  const passes = new Map(CONCURRENCIES.map((concurrency) => [concurrency, []]));
  for (let round = 0; round < 2; round += 1) {
    for (const [concurrency, ms] of passes) ms.push(await bare.ask({ ...question, concurrency }));
  }
  const [[best]] = [...passes].sort(([, one], [, other]) => spread(one).min - spread(other).min);
  say(`bare sharp is fastest with ${best} at once`);
  return best;
};
