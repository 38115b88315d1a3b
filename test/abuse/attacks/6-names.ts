import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Attack, demand, type Prepared, seconds } from '../attack.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly names: number;
  readonly good: number;
}

/** A name server that receives queries and never responds. */
const prepare = async (): Promise<Prepared> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    environment: { DNS_SERVERS: `127.0.0.1:${socket.address().port}` },
    close: async () => void socket.close(),
  };
};

const GOOD_MS = 10_000;

export const names: Attack<Size> = {
  number: 6,
  title: 'host names of a silent name server, next to good images',
  short: { names: 300, good: 20 },
  full: { names: 3_000, good: 50 },
  prepare,
  bounds: { serviceMiB: 600, databaseMiB: 400, diskMiB: () => 250 },
  async run(size, { traffic, checksTime }) {
    const photos = await servePhotos();
    return using(photos, async (origin) => {
      const unknown = Array.from(
        { length: size.names },
        (_, n) => `${n},P,http://img${n}.shop${n % 97}.example/a.jpg\n`,
      );
      const silent = await traffic.accepted(HEADER + unknown.join(''));
      const begun = performance.now();
      const good = Array.from({ length: size.good }, (_, n) => `${n},P,${origin}/${n}.jpg\n`);
      const { status, progress } = await traffic.finished(await traffic.accepted(HEADER + good.join('')), 180_000);
      const took = performance.now() - begun;
      demand(status === 'completed', `the good images finished as ${status}: ${JSON.stringify(progress)}`);
      if (checksTime) demand(took < GOOD_MS, `the good images took ${seconds(took)}`);
      await traffic.call(`/api/cancel/${silent}`, { method: 'POST' });
      return [`${size.good} good images after ${seconds(took)}`];
    });
  },
};
