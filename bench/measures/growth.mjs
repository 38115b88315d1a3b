import { csvOf, timeBatch } from '../stage/client.mjs';
import { peakBytes } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { mebibytes, showSpread, spread } from '../stage/statistics.mjs';

/** Request sizes, and how often each is measured: small ones vary more and cost less. */
const REQUESTS = [
  { images: 100, times: 5 },
  { images: 1_000, times: 3 },
  { images: 10_000, times: 1 },
  { images: 100_000, times: 1 },
];

export const growth = {
  name: 'growth',
  title: '4. Growth',
  // Limit on the expected duration of a request: larger ones are reduced, as noted in the results.
  sizes: { full: { largest: 100_000, seconds: 480 }, quick: { largest: 1_000, seconds: 60 } },

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
        reduce(size, measured, sizes.seconds);
        // A new process each time, so that the peak belongs to one request.
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
      ...measured.filter(({ reduced }) => reduced !== undefined).map(({ reduced }) => reduced),
      'The time of a request includes its upload and the last poll, which weigh more in a small one.',
    ];
  },
};

/** Reduces a request whose duration, extrapolated from smaller ones, would exceed the limit. */
const reduce = (size, measured, seconds) => {
  const before = measured.filter(({ images, perImage }) => images < size.images && perImage.length > 0).at(-1);
  const expected = before === undefined ? 0 : (size.images * before.perImage.at(-1)) / 1000;
  if (expected <= seconds) return;
  const wanted = size.images;
  size.images = Math.floor((wanted * seconds) / expected / 1_000) * 1_000;
  size.reduced = `Reduced from ${wanted} to ${size.images} images: at the speed of ${before.images} it would have taken ${Math.round(expected)} s, more than the ${seconds} s of this benchmark's share.`;
};

const urlsOf = (origins, mark, count) =>
  Array.from({ length: count }, (_, n) => `${origins[n % origins.length]}/0/tiny/${mark}-${n}.png`);
