import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { peakBytes } from '../stage/process.mjs';
import { startProgram } from '../stage/program.mjs';
import { table } from '../stage/report.mjs';
import { mebibytes, ratios, showSpread } from '../stage/statistics.mjs';

const LATENCY_MS = 50;
const WAYS = [
  ['sequential', 'a loop: axios, sharp, write'],
  ['all', '`Promise.all` over all images'],
];

export const naive = {
  name: 'naive',
  title: '2. Against what a user would write',
  sizes: {
    full: { pictures: 240, taken: 200, rounds: 3, origins: 4 },
    quick: { pictures: 24, taken: 24, rounds: 1, origins: 4 },
  },

  async run({ sizes, say, goals, place, pictures, database, service, imageServer }) {
    const mix = await pictures(sizes.pictures);
    const origins = await imageServer(mix.folder, sizes.origins);
    const urls = mix.names
      .slice(0, sizes.taken)
      .map((name, number) => `${origins[number % origins.length]}/${LATENCY_MS}/pictures/${name}`);
    const server = await database();
    const ours = { ms: [], peak: [] };
    const theirs = Object.fromEntries(WAYS.map(([way]) => [way, { ms: [], peak: [] }]));

    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const [way] of WAYS) {
        const { ms, peak } = await runNaive(way, urls, place);
        theirs[way].ms.push(ms);
        theirs[way].peak.push(peak);
        say(`round ${round}: ${way} took ${(ms / 1000).toFixed(1)} s`);
      }
      // A new process for each round, like the others, so that peaks are comparable.
      const { url, pid, stop } = await service(server);
      ours.ms.push((await timeBatch(url, csvOf(urls))).ms);
      ours.peak.push(peakBytes(pid));
      await stop();
      say(`round ${round}: the service took ${(ours.ms.at(-1) / 1000).toFixed(1)} s`);
    }

    goals.record('all', ratios(theirs.all.ms, ours.ms));
    const row = (label, { ms, peak }) => [
      label,
      showSpread(ms.map((value) => (1000 * urls.length) / value)),
      showSpread(ratios(ms, ours.ms), 2),
      showSpread(peak.map(mebibytes), 0),
    ];
    return [
      `${urls.length} pictures of the mix at ${LATENCY_MS} ms latency, ${sizes.rounds} rounds in turn. The service stores durably and writes every status; the other two do neither. The service's start is not counted, nor is that of the others.`,
      table(
        ['', 'images a second', 'time, as a multiple of the service’s', 'peak memory, MiB'],
        [row('the service', ours), ...WAYS.map(([way, label]) => row(label, theirs[way]))],
      ),
      'Memory is that of the process only; with the embedded database the service has a second one.',
    ];
  },
};

const runNaive = async (way, urls, place) => {
  const folder = await mkdtemp(join(place, 'naive-'));
  const program = startProgram('naive.mjs', { args: [way, folder] });
  try {
    return await program.ask({ urls });
  } finally {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
