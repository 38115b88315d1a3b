import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { cpuMs } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

const LATENCY_MS = 50;
/** More than imgproxy's workers, two for each core by default: none of them waits for the script. */
const CONCURRENCY = 16;

export const imgproxy = {
  name: 'imgproxy',
  title: '15. Against imgproxy and a script that saves',
  sizes: { full: { pictures: 240, rounds: 5, origins: 4 }, quick: { pictures: 24, rounds: 1, origins: 4 } },

  async run(context) {
    const { sizes, say, goals, place, pictures, program, database, service, imageServer } = context;
    const proxy = await context.imgproxy();
    if (proxy.missing !== undefined) {
      goals.cannot('imgproxy', proxy.missing);
      return [`${proxy.missing}.`];
    }
    const mix = await pictures(sizes.pictures);
    const origins = await imageServer(mix.folder, sizes.origins);
    const urls = mix.names.map((name, n) => `${origins[n % origins.length]}/${LATENCY_MS}/pictures/${name}`);
    const proxied = urls.map((url) => `${proxy.origin}/unsafe/q:50/f:jpg/plain/${encodeURIComponent(url)}`);
    const server = await database();
    const { url, pid } = await service(server);
    const folder = await mkdtemp(join(place, 'saved-'));
    const script = program('save-all.mjs', { args: [folder] });
    const theirs = { ms: [], cpu: [] };
    const ours = { ms: [], cpu: [] };

    const measure = async (run, pids, into) => {
      const before = pids.map(cpuMs);
      into.ms.push(await run());
      into.cpu.push(pids.map((each, part) => (cpuMs(each) - before[part]) / sizes.pictures));
    };
    await timeBatch(url, csvOf(urls.slice(0, 12)));
    await script.ask({ urls: proxied.slice(0, 12), concurrency: CONCURRENCY });
    try {
      for (let round = 1; round <= sizes.rounds; round += 1) {
        await measure(() => script.ask({ urls: proxied, concurrency: CONCURRENCY }), [proxy.pid, script.pid], theirs);
        await measure(async () => (await timeBatch(url, csvOf(urls))).ms, [pid, server.pid], ours);
        say(`round ${round}: ${(theirs.ms.at(-1) / ours.ms.at(-1)).toFixed(2)} of imgproxy's images a second`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    goals.record('imgproxy', ratios(theirs.ms, ours.ms));

    const row = (label, { ms, cpu }, ratio) => [
      label,
      showSpread(ms.map((value) => (1000 * sizes.pictures) / value)),
      ratio,
      showSpread(cpu.map(([part]) => part)),
      showSpread(cpu.map(([, part]) => part)),
    ];
    return [
      `The mix at ${LATENCY_MS} ms latency from ${sizes.origins} origins, ${sizes.rounds} rounds in turn. imgproxy ${proxy.version} with its default settings, asked for \`q:50\`, JPEG and no resizing by a script that keeps ${CONCURRENCY} requests open and writes each answer into a file. The script does not sync its files and keeps no statuses; the service does both.`,
      table(
        ['', 'images a second', 'to imgproxy', 'CPU ms an image', 'CPU ms an image of the script or the database'],
        [row('the service', ours, showSpread(ratios(theirs.ms, ours.ms), 2)), row('imgproxy', theirs, '1')],
      ),
    ];
  },
};
