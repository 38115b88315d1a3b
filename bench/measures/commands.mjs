import { statSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { countedService } from '../stage/counted.mjs';
import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const LATENCY_MS = 50;

/** The smallest pictures of the mix, so that slower machines too come to about thirty a second. */
const smallest = ({ folder, names }, count) =>
  names
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }))
    .sort((a, b) => a.bytes - b.bytes)
    .slice(0, count)
    .map(({ name }) => name);

export const commands = {
  name: 'commands',
  title: '18. Database commands of a batch of photos',
  sizes: {
    full: { pictures: 240, smallest: 80, passes: 6, rounds: 3, origins: 4 },
    quick: { pictures: 24, smallest: 8, passes: 1, rounds: 1, origins: 4 },
  },

  async run(context) {
    const { sizes, say, goals, pictures, database, imageServer } = context;
    const mix = await pictures(sizes.pictures);
    const origins = await imageServer(mix.folder, sizes.origins);
    const { url, counts } = await countedService(context, await database());
    const names = smallest(mix, sizes.smallest);
    const images = names.length * sizes.passes;
    const urls = Array.from(
      { length: images },
      (_, n) =>
        `${origins[n % origins.length]}/${LATENCY_MS}/pictures/${names[n % names.length]}?pass=${Math.floor(n / names.length)}`,
    );
    const perImage = [];
    const rate = [];
    let last;

    await timeBatch(url, csvOf(urls.slice(0, 8)));
    for (let round = 1; round <= sizes.rounds; round += 1) {
      await counts();
      rate.push((1000 * images) / (await timeBatch(url, csvOf(urls))).ms);
      last = await counts();
      perImage.push(last.all / images);
      say(
        `round ${round}: ${perImage.at(-1).toFixed(2)} commands an image at ${rate.at(-1).toFixed(1)} images a second`,
      );
    }
    goals.record('commands', perImage);
    return [
      `The ${names.length} smallest pictures of the mix ${sizes.passes} times over in one CSV at ${LATENCY_MS} ms latency from ${sizes.origins} origins, ${sizes.rounds} rounds, every command of the service counted on the wire: the upload, the status polls of the benchmark and what runs periodically included. Commands of a batch are timed in part, so fewer images a second mean more commands an image.`,
      table(
        ['', 'a round'],
        [
          ['commands an image', showSpread(perImage, 3)],
          ['images a second', showSpread(rate)],
        ],
      ),
      `In the last round: ${last.list}.`,
    ];
  },
};
