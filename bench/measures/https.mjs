import { csvOf, timeBatch } from '../stage/client.mjs';
import { cpuMs } from '../stage/process.mjs';
import { table } from '../stage/report.mjs';
import { ratios, showSpread } from '../stage/statistics.mjs';
import { AUTHORITY } from '../stage/tls.mjs';

const LATENCY_MS = 50;

export const https = {
  name: 'https',
  title: '16. HTTPS against HTTP',
  sizes: { full: { pictures: 240, rounds: 5, origins: 4 }, quick: { pictures: 24, rounds: 1, origins: 4 } },

  async run({ sizes, say, goals, pictures, database, service, secureImageServer }) {
    const mix = await pictures(sizes.pictures);
    const { plain, secure, handshakes } = await secureImageServer(mix.folder, sizes.origins);
    const server = await database();
    const { url, pid } = await service(server, { NODE_EXTRA_CA_CERTS: AUTHORITY });
    const urls = (from) => mix.names.map((name, n) => `${from[n % from.length]}/${LATENCY_MS}/pictures/${name}`);
    const ways = [
      { label: 'HTTP', from: plain, ms: [], cpu: [], handshakes: [], resumed: [] },
      { label: 'HTTPS', from: secure, ms: [], cpu: [], handshakes: [], resumed: [] },
    ];

    for (const { from } of ways) await timeBatch(url, csvOf(urls(from).slice(0, 12)));
    await handshakes();
    for (let round = 1; round <= sizes.rounds; round += 1) {
      for (const way of ways) {
        const before = cpuMs(pid);
        way.ms.push((await timeBatch(url, csvOf(urls(way.from)))).ms);
        way.cpu.push((cpuMs(pid) - before) / sizes.pictures);
        const { all, resumed } = await handshakes();
        way.handshakes.push(all);
        way.resumed.push(resumed);
      }
      const [http, tls] = ways.map(({ ms }) => ms.at(-1));
      say(`round ${round}: HTTPS gives ${(http / tls).toFixed(2)} of the images a second`);
    }
    const ratio = ratios(ways[0].ms, ways[1].ms);
    goals.record('https', ratio);

    return [
      `The mix at ${LATENCY_MS} ms latency from ${sizes.origins} origins of one image server that serves both, ${sizes.rounds} rounds in turn on one service, which trusts the server's authority by NODE_EXTRA_CA_CERTS. The server encrypts on the same cores. Handshakes are those that it counted in a batch of ${sizes.pictures} images.`,
      table(
        ['', 'images a second', 'to HTTP', 'CPU ms an image of the service', 'TLS handshakes', 'of them resumed'],
        ways.map(({ label, ms, cpu, handshakes: all, resumed }) => [
          label,
          showSpread(ms.map((value) => (1000 * sizes.pictures) / value)),
          label === 'HTTP' ? '1' : showSpread(ratio, 2),
          showSpread(cpu),
          showSpread(all, 0),
          showSpread(resumed, 0),
        ]),
      ),
    ];
  },
};
