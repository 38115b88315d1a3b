import { watch } from 'node:fs';
import { csvOf, upload } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const SLOW_ROWS = 10_000;
const PICTURE_ROWS = 20;

/** Resolves, by performance.now(), when the first output has its name in the folder. */
const firstOutput = (folder) =>
  new Promise((resolve, reject) => {
    const watcher = watch(folder, (_, name) => {
      if (name === null || name.startsWith('.')) return;
      resolve(performance.now());
      watcher.close();
    });
    watcher.once('error', reject);
  });

export const firstResult = {
  name: 'first-result',
  title: '7. First result',
  sizes: { full: { pictures: 240, rows: 100_000, rounds: 3 }, quick: { pictures: 24, rows: 5_000, rounds: 1 } },

  async run({ sizes: wanted, say, pictures, database, service, imageServer }) {
    const server = await database();
    const reduced = server.isSlow && wanted.rows > SLOW_ROWS;
    const sizes = reduced ? { ...wanted, rows: SLOW_ROWS } : wanted;
    const mix = await pictures(sizes.pictures);
    const origins = await imageServer(mix.folder, 4);
    const urls = (count) =>
      Array.from({ length: count }, (_, n) => {
        const name = mix.names[n % mix.names.length];
        return `${origins[n % origins.length]}/50/pictures/${name}?row=${n}`;
      });
    const cases = [PICTURE_ROWS, sizes.rows].map((rows) => ({ rows, accepted: [], first: [] }));
    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const measured of cases) {
        const csv = csvOf(urls(measured.rows));
        const { url, images, stop } = await service(server);
        const output = firstOutput(images);
        const { sent, accepted } = await upload(url, csv);
        measured.accepted.push(accepted - sent);
        measured.first.push((await output) - sent);
        say(`round ${round}: ${measured.rows} rows, first image after ${measured.first.at(-1).toFixed(0)} ms`);
        await stop();
      }
    }
    return [
      `From the last byte of the upload; pictures of the mix at 50 ms latency; ${sizes.rounds} rounds in turn, each on a new service with default settings.${reduced ? ` Reduced from ${wanted.rows} rows, because ${server.engine.split(',')[0]} is slow.` : ''}`,
      table(
        ['rows in the CSV', '202 after, ms', 'first image stored after, ms', 'of that, after 202'],
        cases.map(({ rows, accepted, first }) => [
          rows,
          showSpread(accepted, 0),
          showSpread(first, 0),
          showSpread(
            first.map((ms, round) => ms - accepted[round]),
            0,
          ),
        ]),
      ),
      'No image starts before the whole file is validated and stored: a file with one error must leave nothing behind. So a long CSV waits for its ingest, and after that no longer than a short one.',
    ];
  },
};
