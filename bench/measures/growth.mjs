import { csvOf, timeBatch } from '../stage/client.mjs';
import { peakBytes } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { mebibytes, showSpread, spread } from '../stage/statistics.mjs';

/** Requests of this many images, and how often in all rounds together: the small ones scatter more and cost less. */
const REQUESTS = [
  { images: 100, times: 6 },
  { images: 1_000, times: 4 },
  { images: 10_000, times: 2 },
  { images: 100_000, times: 1 },
];

export const growth = {
  name: 'growth',
  title: '4. Growth',
  sizes: { full: { largest: 100_000 }, quick: { largest: 1_000 } },

  async run({ sizes, say, database, service, imageServer }) {
    const origins = await imageServer('-', 4);
    const server = await database();
    const measured = REQUESTS.filter(({ images }) => images <= sizes.largest).map((request) => ({
      ...request,
      perImage: [],
      delay: [],
      longest: [],
      peak: [],
    }));
    const rounds = Math.max(...measured.map(({ times }) => times));
    for (let round = 0; round < rounds; round += 1) {
      for (const size of measured.filter(({ times }) => round < times)) {
        // A new process each time: a peak belongs to one request.
        const { url, pid, loopDelay, stop } = await service(server);
        await timeBatch(url, csvOf(urlsOf(origins, `w${round}`, 50)));
        await loopDelay();
        const { ms } = await timeBatch(url, csvOf(urlsOf(origins, `r${round}`, size.images)));
        const { p99, max } = await loopDelay();
        size.perImage.push(ms / size.images);
        size.delay.push(p99);
        size.longest.push(max);
        size.peak.push(peakBytes(pid));
        await stop();
        say(`${size.images} images: ${size.perImage.at(-1).toFixed(2)} ms each, delay p99 ${p99.toFixed(0)} ms`);
      }
    }
    const base = measured.find(({ images }) => images === 1_000) ?? measured[0];
    const median = (values) => spread(values).median;
    return [
      'Tiny images, each request on a new service process with default settings. The ratio columns compare with 1,000 images; goals: time within 0.9–1.1, event-loop delay p99 under 50 ms, memory at 100,000 under 1.3.',
      table(
        ['images', 'runs', 'ms an image', 'ratio', 'loop delay p99, ms', 'longest, ms', 'peak memory, MiB', 'ratio'],
        measured.map(({ images, perImage, delay, longest, peak }) => [
          images,
          perImage.length,
          showSpread(perImage),
          (median(perImage) / median(base.perImage)).toFixed(2),
          showSpread(delay, 0),
          showSpread(longest, 0),
          showSpread(peak.map(mebibytes), 0),
          (median(peak) / median(base.peak)).toFixed(2),
        ]),
      ),
      'The time of a request holds its upload and its last look as well, which weigh more in a small one.',
    ];
  },
};

const urlsOf = (origins, mark, count) =>
  Array.from({ length: count }, (_, n) => `${origins[n % origins.length]}/0/tiny/${mark}-${n}.png`);
