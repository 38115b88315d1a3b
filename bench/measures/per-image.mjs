import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { csvOf, timeBatch } from '../stage/client.mjs';
import { countedService } from '../stage/counted.mjs';
import { cpuMs, mainThreadCpuMs } from '../stage/process.mjs';
import { readProfiles } from '../stage/profile.mjs';
import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const SHOWN_PARTS = 14;
const WARM = 300;
/** To measure the commands of an idle service. */
const IDLE_MS = 3_000;

export const perImage = {
  name: 'per-image',
  title: '3. Cost of the rest for each image',
  sizes: { full: { images: 3_000, rounds: 3 }, quick: { images: 500, rounds: 1 } },

  async run(context) {
    const { sizes, say, goals, database, service, imageServer } = context;
    const origins = await imageServer('-', 4);
    const server = await database();
    const urls = (mark) =>
      Array.from({ length: sizes.images }, (_, n) => `${origins[n % origins.length]}/0/tiny/${mark}-${n}.png`);

    const { url, pid, stop } = await service(server);
    await timeBatch(url, csvOf(urls('warm').slice(0, WARM)));
    const rate = [];
    const cpu = [];
    const main = [];
    const databaseCpu = [];
    for (let round = 1; round <= sizes.rounds; round += 1) {
      const before = [cpuMs(pid), mainThreadCpuMs(pid), cpuMs(server.pid)];
      const { ms } = await timeBatch(url, csvOf(urls(`round${round}`)));
      const after = [cpuMs(pid), mainThreadCpuMs(pid), cpuMs(server.pid)];
      const [all, ofMain, ofDatabase] = after.map((value, index) => (value - before[index]) / sizes.images);
      rate.push((1000 * sizes.images) / ms);
      cpu.push(all);
      main.push(ofMain);
      databaseCpu.push(ofDatabase);
      say(`round ${round}: ${rate.at(-1).toFixed(0)} images a second, ${all.toFixed(2)} ms CPU an image`);
    }
    await stop();
    goals.record('tiny', cpu);
    const commands = await countCommands(context, server, urls('counted'));
    const parts = await profileParts(context, server, urls('profiled'));

    return [
      `${sizes.images} images of 1×1 pixel (PNG in, JPEG out) a request, ${sizes.rounds} rounds on one service with default settings, so that encoding is nothing. Other processes (image server, database) share the cores.`,
      table(
        ['', 'an image'],
        [
          ['images a second', showSpread(rate)],
          ['CPU of the service’s process, ms', showSpread(cpu, 2)],
          ['of that, its main thread, ms', showSpread(main, 2)],
          ['CPU of the database, ms', showSpread(databaseCpu, 2)],
          ['database commands', commands.perImage.toFixed(3)],
        ],
      ),
      `Commands of one more round, counted by a proxy that reads the headers of the wire protocol (upload included, the ${commands.idle.toFixed(1)} a second of an idle service not taken off): ${commands.list}.`,
      `CPU by part, self time of all JavaScript threads from \`--cpu-prof\` in one more round, start-up not counted (the profiler itself slows it down):`,
      table(
        ['part', 'ms an image'],
        parts.slice(0, SHOWN_PARTS).map(([part, ms]) => [part, (ms / sizes.images).toFixed(3)]),
      ),
    ];
  },
};

const countCommands = async (context, server, urls) => {
  const { url, stop, counts } = await countedService(context, server);
  await counts();
  await pause(IDLE_MS);
  const idle = (await counts()).all / (IDLE_MS / 1000);
  await timeBatch(url, csvOf(urls));
  const { all, list } = await counts();
  await stop();
  return { perImage: all / context.sizes.images, list, idle };
};

const profileParts = async ({ place, service }, server, urls) => {
  const folder = await mkdtemp(join(place, 'profile-'));
  await mkdir(folder, { recursive: true });
  const { url, stop } = await service(server, {}, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  await timeBatch(url, csvOf(urls.slice(0, WARM).map((each) => `${each}?warm`)));
  const begun = performance.now();
  await timeBatch(url, csvOf(urls));
  await stop();
  return readProfiles(folder, performance.now() - begun);
};
