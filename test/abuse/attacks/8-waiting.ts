import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startServer } from '../../support/servers/image-server.mjs';
import { waitFor } from '../../support/service.ts';
import { type Attack, demand, each, MIB, seconds } from '../attack.ts';
import { type RawClient, rawClient, servePhotos, using } from '../servers.ts';
import type { Target } from '../target.ts';
import { HEADER, type Traffic } from '../traffic.ts';

interface Size {
  readonly slow: number;
  /** What each of them sends, in MiB, before it stalls. */
  readonly slowMiB: number;
  readonly silentReceivers: number;
  readonly wrongKeys: number;
  readonly ready: number;
}

const KEY = 'abuse-good-key-0123456789';
const GOOD_WEBHOOK_MS = 10_000;
const ONE = (origin: string): string => `${HEADER}1,P,${origin}/1.jpg\n`;

const slowUploads = async ({ slow, slowMiB }: Size, target: Target, traffic: Traffic): Promise<string> => {
  const clients: RawClient[] = [];
  const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(part), Buffer.alloc(slowMiB * MIB, 'x')]);
  const length = body.length + MIB;
  try {
    for (let n = 0; n < slow; n += 1) {
      const head = `POST /api/upload HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${KEY}\r\nContent-Length: ${length}\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n`;
      clients.push(await rawClient(target.url, Buffer.concat([Buffer.from(head), body]), 64));
      traffic.note(body.length);
    }
    // They lose their places to waiting uploads, or are rejected.
    await waitFor(async () => clients.filter((one) => one.head() !== '').length >= slow - 16, 60_000);
    const begun = performance.now();
    const { status } = await traffic.upload(ONE('http://127.0.0.1:1'));
    demand(status === 202, `an upload next to slow ones got ${status}`);
    for (const one of clients) traffic.note(0, /^HTTP\/1\.1 (\d+)/.exec(one.head())?.[1] ?? 'nothing yet');
    return `an upload next to ${slow} slow ones took ${seconds(performance.now() - begun)}`;
  } finally {
    for (const one of clients) one.end();
  }
};

const webhooks = async (size: Size, traffic: Traffic, checksTime: boolean): Promise<string> => {
  const photos = await servePhotos();
  // To the service, each is a different receiver.
  const silent = await Promise.all(Array.from({ length: size.silentReceivers }, () => startServer(() => undefined)));
  let receivedAt = 0;
  const good = await startServer((_req, res) => {
    receivedAt = performance.now();
    res.writeHead(204).end();
  });
  try {
    return await using(photos, (origin) =>
      using(good, async (goodOrigin) => {
        await each(silent, 4, async (receiver) => {
          await traffic.accepted(ONE(origin), { webhookUrl: `${receiver.origin}/silent` });
        });
        const begun = performance.now();
        const id = await traffic.accepted(ONE(origin), { webhookUrl: `${goodOrigin}/good` });
        await waitFor(async () => receivedAt > 0, 120_000);
        const took = receivedAt - begun;
        if (checksTime) demand(took < GOOD_WEBHOOK_MS, `the good webhook came after ${seconds(took)}`);
        await traffic.finished(id);
        return `a webhook next to ${silent.length} silent receivers came after ${seconds(took)}`;
      }),
    );
  } finally {
    for (const receiver of silent) await receiver.close();
  }
};

const wrongKeys = async (size: Size, traffic: Traffic): Promise<string> => {
  const guesses = Array.from({ length: size.wrongKeys }, (_, n) => `guess-${n}`);
  let throttled = 0;
  await each(guesses, 16, async (guess) => {
    const { status } = await traffic.call('/api/requests', { headers: { 'X-Api-Key': guess } });
    demand(status === 401 || status === 429, `a wrong key got ${status}`);
    if (status === 429) throttled += 1;
  });
  demand(throttled > 0, `none of ${size.wrongKeys} guesses was throttled`);
  demand((await traffic.call('/api/requests')).status === 200, 'the right key is throttled, too');
  return `${throttled} of ${size.wrongKeys} guesses throttled`;
};

const readiness = async (size: Size, traffic: Traffic): Promise<string> => {
  const begun = performance.now();
  await each(
    Array.from({ length: size.ready }, (_, n) => n),
    50,
    async () => {
      demand((await traffic.call('/ready')).status === 200, '/ready did not respond with 200');
    },
  );
  return `${size.ready} responses of /ready in ${seconds(performance.now() - begun)}`;
};

const fewFiles = async (): Promise<string> => {
  const child = spawn('sh', ['-c', `ulimit -n 64; exec ${process.execPath} dist/main.js`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  demand(
    code === 1 && /^This process may open 64 files.*\n$/.test(stderr),
    `ulimit -n 64 ended with ${code}: ${stderr}`,
  );
  return 'ulimit -n 64: a clear error';
};

export const waiting: Attack<Size> = {
  number: 8,
  title: 'slow uploads, silent receivers, wrong keys, floods of /ready, few open files',
  short: { slow: 20, slowMiB: 1, silentReceivers: 15, wrongKeys: 100, ready: 300 },
  full: { slow: 40, slowMiB: 60, silentReceivers: 60, wrongKeys: 1_000, ready: 5_000 },
  bounds: { serviceMiB: 700, databaseMiB: 400, diskMiB: () => 800 },
  prepare: async () => ({
    environment: { API_KEYS: KEY },
    headers: { 'X-Api-Key': KEY },
    close: async () => undefined,
  }),
  async run(size, { target, traffic, checksTime }) {
    return [
      await slowUploads(size, target, traffic),
      await webhooks(size, traffic, checksTime),
      await wrongKeys(size, traffic),
      await readiness(size, traffic),
      await fewFiles(),
    ];
  },
};
