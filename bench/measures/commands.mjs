import { csvOf, timeBatch } from '../stage/client.mjs';
import { countedService } from '../stage/counted.mjs';
import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const LATENCY_MS = 50;

export const commands = {
  name: 'commands',
  title: '18. Database commands of a batch of photos',
  sizes: {
    full: { pictures: 240, passes: 2, rounds: 3, origins: 4 },
    quick: { pictures: 24, passes: 1, rounds: 1, origins: 4 },
  },

  async run(context) {
    const { sizes, say, goals, pictures, database, imageServer } = context;
    const mix = await pictures(sizes.pictures);
    const origins = await imageServer(mix.folder, sizes.origins);
    const { url, counts } = await countedService(context, await database());
    const images = sizes.pictures * sizes.passes;
    const urls = Array.from(
      { length: images },
      (_, n) =>
        `${origins[n % origins.length]}/${LATENCY_MS}/pictures/${mix.names[n % mix.names.length]}?pass=${Math.floor(n / mix.names.length)}`,
    );
    const perImage = [];
    const rate = [];
    let last;

    await timeBatch(url, csvOf(urls.slice(0, 12)));
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
      `The mix ${sizes.passes} times over in one CSV at ${LATENCY_MS} ms latency from ${sizes.origins} origins, ${sizes.rounds} rounds, every command of the service counted on the wire: the upload, the status polls of the benchmark and what runs periodically included. Commands of a batch are timed in part, so fewer images a second mean more commands an image.`,
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
