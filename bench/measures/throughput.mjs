import { CONCURRENCIES, findBest } from '../stage/bare.mjs';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { describePictures } from '../stage/pictures.mjs';
import { cpuMs, mainThreadCpuMs } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

export const throughput = {
  name: 'throughput',
  title: '1. Throughput against bare sharp',
  sizes: { full: { pictures: 240, rounds: 5, origins: 4 }, quick: { pictures: 24, rounds: 2, origins: 4 } },

  async run({ sizes, say, goals, pictures, program, database, service, imageServer }) {
    const mix = await pictures(sizes.pictures);
    const bare = program('bare-sharp.mjs', { args: [mix.folder] });
    const best = await findBest(bare, say);
    const origins = await imageServer(mix.folder, sizes.origins);
    const server = await database();
    const { url, pid } = await service(server);

    const urlsFrom = (from, latency) =>
      mix.names.map((name, number) => `${from[number % from.length]}/${latency}/pictures/${name}`);
    const variants = [
      { label: '0 ms', goal: 'rate-0', latency: 0, from: origins },
      { label: '50 ms', goal: 'rate-50', latency: 50, from: origins },
      { label: '300 ms', goal: 'rate-300', latency: 300, from: origins },
      { label: '300 ms, a single origin', goal: 'rate-300-single', latency: 300, from: origins.slice(0, 1) },
    ].map((variant) => ({ ...variant, ms: [], bare: [], cpu: [] }));

    await timeBatch(url, csvOf(urlsFrom(origins, 0).slice(0, 12)));
    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const { label, from, latency, ms, bare: bareMs, cpu } of variants) {
        // Bare sharp runs before each variant: a slow minute of the machine meets both sides of a ratio.
        const before = cpuMarks(pid, server.pid, bare.pid);
        bareMs.push(await bare.ask({ concurrency: best }));
        ms.push((await timeBatch(url, csvOf(urlsFrom(from, latency)))).ms);
        const after = cpuMarks(pid, server.pid, bare.pid);
        cpu.push(after.map((value, part) => (value - before[part]) / sizes.pictures));
        say(`round ${round}, ${label}: ${(bareMs.at(-1) / ms.at(-1)).toFixed(2)} of bare sharp`);
      }
    }
    for (const { goal, ms, bare: bareMs } of variants) goals.record(goal, ratios(bareMs, ms));
    goals.record('cpu', variants[0].cpu.map(together));

    const rate = (ms) => ms.map((value) => (1000 * sizes.pictures) / value);
    return [
      `${await describePictures(mix)}; ${sizes.rounds} rounds; bare sharp with ${best} at once, the best of ${CONCURRENCIES.join(', ')} on this machine; the service with its default settings; the pictures lie on ${sizes.origins} origins of one image server process.`,
      table(
        ['latency of the image server', 'of bare sharp', 'images a second', 'CPU, service and database, to bare sharp'],
        [
          ...variants.map(({ label, ms, bare: bareMs, cpu }) => [
            label,
            showSpread(ratios(bareMs, ms), 2),
            showSpread(rate(ms)),
            showSpread(cpu.map(together), 2),
          ]),
          ['bare sharp', '1', showSpread(rate(variants.flatMap((variant) => variant.bare))), '1'],
        ],
      ),
      'CPU time an image at 0 ms, in milliseconds. All cores are busy, so what the service needs beyond bare sharp, with the database, is what the ratio lacks:',
      table(
        ['part', 'CPU an image'],
        CPU_PARTS.map((part, index) => [part, showSpread(variants[0].cpu.map((marks) => marks[index]))]),
      ),
      'The goal for the CPU time is that of 0 ms. The image server is not counted, although it shares the cores.',
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

const together = ([bare, service, , database]) => (service + database) / bare;
