import { csvOf, timeBatch } from '../stage/client.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';

/** So slow that a host, not the CPU, is the limit: with 8 or 10 requests at once it gives 40 or 50 images a second. */
const LATENCY_MS = 200;
const FIXED = [4, 6, 8, 10, 12, 16];
const HOSTS = {
  refusing: { capacity: 10, label: 'with 429 to what exceeds 10 requests at the same time' },
  slowing: { capacity: 8, label: 'that slows down in proportion above 8 requests at the same time' },
};
const WARM = 100;

export const limitedHosts = {
  name: 'limited-hosts',
  title: '17. A single host that can do only so much',
  sizes: { full: { seconds: 12, rounds: 2 }, quick: { seconds: 2, rounds: 1 } },

  async run({ sizes, say, goals, program, database, service, imageServer }) {
    const limited = program('limited-hosts.mjs', { args: [String(LATENCY_MS), String(LATENCY_MS)] });
    const addresses = await limited.ask({ what: 'addresses' });
    const [other] = await imageServer();
    const server = await database();
    const warm = csvOf(Array.from({ length: WARM }, (_, n) => `${other}/0/tiny/${n}.png`));
    const settings = [undefined, ...FIXED];
    const results = Object.fromEntries(
      Object.keys(HOSTS).map((host) => [host, settings.map((connections) => ({ connections, runs: [] }))]),
    );

    const measure = async (host, connections, round) => {
      const { capacity } = HOSTS[host];
      const images = Math.ceil((sizes.seconds * 1000 * Math.min(connections ?? capacity, capacity)) / LATENCY_MS);
      const urls = Array.from({ length: images }, (_, n) => `${addresses[host]}/${connections}-${round}-${n}.png`);
      // A new process for each, so that none knows the host from another one; warmed up on another host.
      const { url, stop } = await service(
        server,
        connections === undefined ? {} : { MAX_CONNECTIONS_PER_ORIGIN: String(connections) },
      );
      await timeBatch(url, warm);
      await limited.ask({ what: 'counts' });
      const { ms, status } = await timeBatch(url, csvOf(urls), {}, { allowFailures: true });
      const { answered, refused, most, latencySum } = (await limited.ask({ what: 'counts' }))[host];
      await stop();
      return {
        rate: (1000 * status.progress.completed) / ms,
        failed: status.progress.failed,
        refused: refused / (answered + refused),
        most,
        latency: latencySum / answered / LATENCY_MS,
      };
    };

    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const [host, ways] of Object.entries(results)) {
        for (const { connections, runs } of ways) {
          runs.push(await measure(host, connections, round));
          const { rate, refused, most } = runs.at(-1);
          say(
            `round ${round}, ${host}, ${connections ?? 'default'}: ${rate.toFixed(1)} images a second, ${(refused * 100).toFixed(1)} % refused, ${most} at most`,
          );
        }
      }
    }
    const toBest = Object.fromEntries(Object.entries(results).map(([host, ways]) => [host, ratiosToBest(ways)]));
    goals.record('refusing-rate', toBest.refusing);
    goals.record('refusing-share', of(results.refusing[0], 'refused'));
    goals.record('slowing-rate', toBest.slowing);
    goals.record('slowing-latency', of(results.slowing[0], 'latency'));

    return [
      `Images of 1×1 pixel from one host with ${LATENCY_MS} ms latency, so that the host is the limit and not the CPU; about ${sizes.seconds} s a batch, ${sizes.rounds} rounds in turn. Every batch is the first that a new process of the service has of that host. "Best" is the fastest of the settings of \`MAX_CONNECTIONS_PER_ORIGIN\` in the same round.`,
      ...Object.entries(results).flatMap(([host, ways]) => [
        `A host ${HOSTS[host].label}:`,
        table(HEADER, [
          ...ways.map((way) => rowOf(way)),
          ['the default, to the best of the others', showSpread(toBest[host], 2)],
        ]),
      ]),
      'Answers, refusals, requests at the same time and the latency (what the host imposed, to that of an idle one) are counted by the host. An image that a host refuses too often fails and does not count as one of the images a second.',
    ];
  },
};

const HEADER = [
  '`MAX_CONNECTIONS_PER_ORIGIN`',
  'images a second',
  'answers 429, %',
  'latency, to idle',
  'requests at the same time, at most',
  'failed images',
];

const of = ({ runs }, name) => runs.map((run) => run[name]);

const ratiosToBest = ([byDefault, ...fixed]) =>
  ratios(
    of(byDefault, 'rate'),
    byDefault.runs.map((_, round) => Math.max(...fixed.map(({ runs }) => runs[round].rate))),
  );

const rowOf = (way) => [
  way.connections ?? 'default',
  showSpread(of(way, 'rate')),
  showSpread(
    of(way, 'refused').map((share) => share * 100),
    1,
  ),
  showSpread(of(way, 'latency'), 2),
  showSpread(of(way, 'most'), 0),
  showSpread(of(way, 'failed'), 0),
];
