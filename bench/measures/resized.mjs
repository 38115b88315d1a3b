import { findBest } from '../stage/bare.mjs';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

const MAX_WIDTH = 512;
const LATENCIES = [0, 50];

export const resized = {
  name: 'resized',
  title: '19. Smaller pictures against bare sharp',
  sizes: {
    full: { pictures: 240, passes: 3, rounds: 3, origins: 4 },
    quick: { pictures: 24, passes: 2, rounds: 1, origins: 4 },
  },

  async run({ sizes, say, goals, pictures, program, database, service, imageServer }) {
    const mix = await pictures(sizes.pictures);
    const question = { maxWidth: MAX_WIDTH };
    const bare = program('bare-sharp.mjs', { args: [mix.folder] });
    const best = await findBest(bare, say, question);
    const origins = await imageServer(mix.folder, sizes.origins);
    const { url } = await service(await database());
    const images = sizes.pictures * sizes.passes;
    // Each picture several times, by addresses that differ: an address is downloaded once for all its rows.
    const urls = (latency) =>
      Array.from(
        { length: images },
        (_, n) =>
          `${origins[n % origins.length]}/${latency}/pictures/${mix.names[n % mix.names.length]}?pass=${Math.floor(n / mix.names.length)}`,
      );
    const variants = LATENCIES.map((latency) => ({ latency, ms: [], bare: [] }));

    await timeBatch(url, csvOf(urls(0).slice(0, 12)), { maxWidth: MAX_WIDTH });
    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const variant of variants) {
        variant.bare.push(await bare.ask({ ...question, concurrency: best, passes: sizes.passes }));
        variant.ms.push((await timeBatch(url, csvOf(urls(variant.latency)), { maxWidth: MAX_WIDTH })).ms);
        const ratio = variant.bare.at(-1) / variant.ms.at(-1);
        say(`round ${round}, ${variant.latency} ms: ${ratio.toFixed(2)} of bare sharp`);
      }
    }
    for (const { latency, ms, bare: bareMs } of variants) goals.record(`resized-${latency}`, ratios(bareMs, ms));

    const rate = (ms) => showSpread(ms.map((value) => (1000 * images) / value));
    return [
      `The mix ${sizes.passes} times over in one CSV with \`maxWidth=${MAX_WIDTH}\`, ${sizes.origins} origins, ${sizes.rounds} rounds in turn. Bare sharp (${best} at once) makes the same from bytes in memory; both decode JPEG smaller where the size allows it (shrink on load), so that what surrounds the encoding weighs more than at full size.`,
      table(
        ['latency of the image server', 'of bare sharp', 'images a second', 'bare sharp, images a second'],
        variants.map(({ latency, ms, bare: bareMs }) => [
          `${latency} ms`,
          showSpread(ratios(bareMs, ms), 2),
          rate(ms),
          rate(bareMs),
        ]),
      ),
    ];
  },
};
