import { csvOf, timeBatch } from '../stage/client.mjs';
import { describePictures } from '../stage/pictures.mjs';
import { cpuMs, mainThreadCpuMs } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread, spread } from '../stage/statistics.mjs';

const CONCURRENCIES = [1, 2, 3, 4];
const GOALS = { 0: 0.9, 50: 0.9, 300: 0.85 };

export const throughput = {
  name: 'throughput',
  title: '1. Throughput against bare sharp',
  sizes: { full: { pictures: 240, rounds: 5, origins: 4 }, quick: { pictures: 24, rounds: 2, origins: 4 } },

  async run({ sizes, say, pictures, program, database, service, imageServer }) {
    const mix = await pictures(sizes.pictures);
    const bare = program('bare-sharp.mjs', { args: [mix.folder] });
    const best = await findBest(bare, say);
    const origins = await imageServer(mix.folder, sizes.origins);
    const server = await database();
    const { url, pid } = await service(server);

    const urlsFrom = (from, latency) =>
      mix.names.map((name, number) => `${from[number % from.length]}/${latency}/pictures/${name}`);
    const variants = [
      { label: '0 ms', latency: 0, from: origins },
      { label: '50 ms', latency: 50, from: origins },
      { label: '300 ms', latency: 300, from: origins },
      { label: '300 ms, a single origin', latency: 300, from: origins.slice(0, 1), rounds: 2 },
    ].map((variant) => ({ rounds: sizes.rounds, ...variant, ms: [], bare: [] }));

    await timeBatch(url, csvOf(urlsFrom(origins, 0).slice(0, 12)));
    const alone = [];
    const parts = [];
    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const variant of variants.filter(({ rounds }) => round <= rounds)) {
        // Bare sharp runs before each variant: a slow minute of the machine meets both sides of a ratio.
        const marks = [cpuMarks(pid, server.pid, bare.pid)];
        variant.bare.push(await bare.ask({ concurrency: best }));
        variant.ms.push((await timeBatch(url, csvOf(urlsFrom(variant.from, variant.latency)))).ms);
        marks.push(cpuMarks(pid, server.pid, bare.pid));
        if (variant.latency === 0) parts.push(marks[1].map((value, part) => (value - marks[0][part]) / sizes.pictures));
        alone.push(variant.bare.at(-1));
        say(`round ${round}, ${variant.label}: ${(variant.bare.at(-1) / variant.ms.at(-1)).toFixed(2)} of bare sharp`);
      }
    }

    const rate = (ms) => ms.map((value) => (1000 * sizes.pictures) / value);
    return [
      `${await describePictures(mix)}; ${sizes.rounds} rounds; bare sharp with ${best} at once, the best of ${CONCURRENCIES.join(', ')} on this machine; the service with its default settings; the pictures lie on ${sizes.origins} origins of one image server process.`,
      table(
        ['latency of the image server', 'of bare sharp', 'goal', 'images a second'],
        [
          ...variants.map(({ label, latency, from, ms, bare: bareMs }) => [
            label,
            showSpread(ratios(bareMs, ms), 2),
            from.length === 1 ? '–' : GOALS[latency].toFixed(2),
            showSpread(rate(ms)),
          ]),
          ['bare sharp', '1', '–', showSpread(rate(alone))],
        ],
      ),
      'CPU time an image at 0 ms, in milliseconds. All cores are busy, so what the service needs beyond bare sharp, with the database, is what the ratio lacks:',
      table(
        ['part', 'CPU an image'],
        CPU_PARTS.map((part, index) => [part, showSpread(parts.map((marks) => marks[index]))]),
      ),
      `The last variant runs in two rounds only. One origin gets at most MAX_CONNECTIONS_PER_ORIGIN (6 by default) connections, so at 300 ms a single one can give no more than 20 images a second: politeness, not the machine, is the limit of the last variant.`,
    ];
  },
};

const CPU_PARTS = [
  'bare sharp, the whole process',
  'service, the whole process',
  'of that, its main thread',
  'database',
];

const cpuMarks = (service, database, bare) => [cpuMs(bare), cpuMs(service), mainThreadCpuMs(service), cpuMs(database)];

const findBest = async (bare, say) => {
  await bare.ask({ concurrency: 2 });
  const passes = new Map(CONCURRENCIES.map((concurrency) => [concurrency, []]));
  for (let round = 0; round < 2; round += 1) {
    for (const [concurrency, ms] of passes) ms.push(await bare.ask({ concurrency }));
  }
  const [[best]] = [...passes].sort(([, one], [, other]) => spread(one).min - spread(other).min);
  say(`bare sharp is fastest with ${best} at once`);
  return best;
};
