import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { ImageServer, makeImage, ok } from '../../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../../support/servers/webhook-receiver.ts';
import { finished, inTheMiddle, statusOf, upload, waitFor } from '../../support/service.ts';

/** The built service as a separate process that tests can kill. */
interface Instance {
  readonly url: string;
  readonly kill: () => Promise<unknown>;
}

let database: TestConnection;
let directory: string;
let pictures: ImageServer;
let receiver: WebhookReceiver;
let running: Instance[] = [];

beforeAll(async () => {
  const picture = ok(await makeImage('jpeg'));
  // All but the first ten images of the running job never come, so that it is not removed before the crash.
  pictures = await ImageServer.start(
    {},
    {
      fallback: (response, attempt, request) => {
        if (!/running-\d\d/.test(request.url ?? '')) picture(response, attempt, request);
      },
    },
  );
});
afterAll(() => pictures.close());
beforeEach(async () => {
  // The deliveries of the deleted job wait for their next attempt.
  receiver = await WebhookReceiver.start(answer(500));
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'delete-'));
});
afterEach(async () => {
  for (const { kill } of running) await kill();
  running = [];
  await database.close();
  await receiver.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const start = async (): Promise<Instance> => {
  const child: ChildProcess = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      ...{ PORT: '0', HOST: '127.0.0.1', MONGODB_URI: database.uri, ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' },
      ...{ DATA_DIR: join(directory, 'data'), PROCESSED_DIR: join(directory, 'processed_images') },
      ...{ LEASE_SECONDS: '2', WORKER_THREADS: '2', LOG_LEVEL: 'info' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const ready = /"url":"([^"]+)"/.exec(log);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    exited.then(() => reject(new Error(`the service ended before it was ready: ${log}`)));
  });
  const kill = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return exited;
  };
  running.push({ url, kill });
  return { url, kill };
};

const batch = (name: string, images: number): string =>
  `S. No.,Product Name,Input Image Urls\n${Array.from({ length: images }, (_, n) => `${n},Product ${n},${pictures.origin}/${name}-${n}.jpg`).join('\n')}\n`;
const send = async (url: string, name: string, images: number): Promise<string> => {
  const headers = { 'Idempotency-Key': `key of ${name}` };
  const response = await upload(url, batch(name, images), { webhookUrl: receiver.url() }, { headers });
  return ((await response.json()) as { requestId: string }).requestId;
};
const remove = async (url: string, requestId: string): Promise<number> =>
  (await fetch(`${url}/api/requests/${requestId}`, { method: 'DELETE' })).status;

const files = () => readdir(join(directory, 'processed_images'), { recursive: true });
/** Documents of each kind that belong to the request. */
const documents = async (requestId: string): Promise<Readonly<Record<string, number>>> => {
  const count = (collection: string, filter: object) =>
    database.connection.collection(collection).countDocuments(filter, ACROSS_REQUESTS);
  return {
    requests: await count('requests', { _id: requestId }),
    images: await count('images', { requestId }),
    rows: await count('rows', { _id: { $regex: `^${requestId}:` } }),
    deliveries: await count('deliveries', { requestId }),
    uploadKeys: await count('uploadKeys', { requestId }),
  };
};
/** Of 300 images: no measure of speed, as machines differ by ten times. */
const BATCH_MS = 60_000;
const NOTHING = { requests: 0, images: 0, rows: 0, deliveries: 0, uploadKeys: 0 };

test.each([
  ['finished', 300],
  ['running', 60],
] as const)(
  'nothing of a %s job is left after a crash right after its deletion was accepted, and others stay',
  async (name, images) => {
    const first = await start();
    const kept = await send(first.url, 'kept', 3);
    await finished(first.url, kept, BATCH_MS);
    const deleted = await send(first.url, name, images);
    if (name === 'running') await inTheMiddle(first.url, deleted, 10, 20);
    else {
      await finished(first.url, deleted, BATCH_MS);
      await receiver.count(2);
    }
    const before = await documents(deleted);
    expect(before).toMatchObject({ requests: 1, images, uploadKeys: 1 });
    expect(before.rows).toBeGreaterThan(0);
    expect(await remove(first.url, deleted)).toBe(202);
    await first.kill();
    if (name === 'running') expect((await documents(deleted)).requests).toBe(1);

    const second = await start();
    expect((await fetch(`${second.url}/api/status/${deleted}`)).status).toBe(404);
    await waitFor(async () => JSON.stringify(await documents(deleted)) === JSON.stringify(NOTHING), 75_000);
    expect((await documents(kept)).images).toBe(3);
    const { products } = await statusOf(second.url, kept);
    const names = products.flatMap((product) => product.images.map(({ id }) => `${id}.jpg`));
    expect((await files()).filter((one) => one.endsWith('.jpg')).sort()).toEqual(names.sort());
    const told = receiver.received.filter(({ body }) => body.includes(deleted));
    expect(told).toHaveLength(name === 'running' ? 0 : 1);
  },
);
