import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import supertest from 'supertest';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { BUCKET, describeS3, S3_CREDENTIALS, type S3Server, startS3Server } from '../support/servers/s3-server.ts';
import { finished, inTheMiddle, upload, uploaded } from '../support/service.ts';

type ShownImage = Awaited<ReturnType<typeof finished>>['products'][number]['images'][number];
interface ShownOutput {
  readonly url: string;
  readonly bytes: number;
  readonly width: number;
}

interface Instance {
  readonly url: string;
  readonly child: ChildProcess;
}

describeS3('the whole service on STORAGE=s3', () => {
  let store: S3Server;
  let database: TestConnection;
  let pictures: ImageServer;
  let directory: string;
  const instances: Instance[] = [];

  const start = async (environment: Record<string, string> = {}): Promise<Instance> => {
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: {
        ...process.env,
        PORT: '0',
        HOST: '127.0.0.1',
        MONGODB_URI: database.uri,
        DATA_DIR: join(directory, `data-${instances.length}`),
        STORAGE: 's3',
        S3_BUCKET: BUCKET,
        S3_ENDPOINT: store.endpoint,
        S3_PREFIX: 'shop/images',
        S3_SOURCE_BUCKETS: 'sources',
        AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
        ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
        LEASE_SECONDS: '2',
        WORKER_THREADS: '1',
        LOG_LEVEL: 'info',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let log = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        const ready = /"url":"([^"]+)"/.exec(log);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      });
      child.once('exit', () => reject(new Error(`ended before it was ready: ${log}`)));
    });
    const instance = { url, child };
    instances.push(instance);
    return instance;
  };

  beforeAll(async () => {
    store = await startS3Server();
    database = await testConnection();
    directory = await mkdtemp(join(tmpdir(), 's3-service-'));
    pictures = await ImageServer.start();
  });
  afterAll(async () => {
    for (const { child } of instances) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await pictures.close();
    await database.close();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('three instances, one killed: every output URL works, s3:// sources too, and the ZIP is complete', async () => {
    const jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
    const client = createS3Client({ endpoint: store.endpoint, region: null, forcePathStyle: true }, S3_CREDENTIALS);
    await client.send(new CreateBucketCommand({ Bucket: 'sources' }));
    await client.send(new PutObjectCommand({ Bucket: 'sources', Key: 'a b/ü.jpg', Body: jpeg }));
    client.destroy();
    const [first, second] = [await start(), await start(), await start({ S3_PRESIGN_SECONDS: '0' })];
    const third = instances[2] as Instance;

    const picture = pictures.on(
      '/slow.jpg',
      (response, attempt, request) => void setTimeout(() => ok(jpeg)(response, attempt, request), 200),
    );
    const rows = Array.from({ length: 60 }, (_, n) => `${n},Mug,${picture}?${n}`);
    const csv = `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n60,Bucket,s3://sources/a%20b/ü.jpg\n61,Gone,s3://sources/none.jpg\n`;
    const requestId = await uploaded(first.url, csv);
    await inTheMiddle(second.url, requestId, 5, 5);
    expect((await fetch(`${second.url}/api/archive/${requestId}`)).status).toBe(409);
    first.child.kill('SIGKILL');
    const status = await finished(second.url, requestId, 60_000);

    expect(status.progress).toMatchObject({ total: 62, completed: 61, failed: 1, percent: 100 });
    const images = status.products.flatMap((product) => product.images);
    expect(images.at(-1)?.error?.code).toBe('source_not_found');
    for (const image of images.filter(({ status: state }) => state === 'completed')) {
      const name = `/processed_images/${image.id}.jpg`;
      expect(image.outputUrl?.endsWith(name)).toBe(true);
      const response = await fetch(second.url + name);
      expect([response.status, response.redirected, response.headers.get('content-type')]).toEqual([
        200,
        true,
        'image/jpeg',
      ]);
      expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).width).toBe(320);
    }

    const id = images[0]?.id;
    const passed = `${third.url}/processed_images/${id}.jpg`;
    const whole = await fetch(passed);
    expect([whole.status, whole.redirected]).toEqual([200, false]);
    expect((await whole.arrayBuffer()).byteLength).toBe(images[0]?.bytesOut);
    const part = await fetch(passed, { headers: { Range: 'bytes=2-4' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 3]);
    expect((await fetch(passed, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    const etag = `${whole.headers.get('etag')}`;
    // Not fetch, which sends `Cache-Control: no-cache`.
    await supertest(third.url).get(new URL(passed).pathname).set('If-None-Match', etag).expect(304);
    expect((await fetch(`${third.url}/processed_images/00000000-0000-4000-8000-000000000000.jpg`)).status).toBe(404);

    const archive = await fetch(`${second.url}/api/archive/${requestId}`);
    const zipped = Buffer.from(await archive.arrayBuffer());
    expect(archive.headers.get('content-type')).toBe('application/zip');
    expect(zipped.readUInt16LE(zipped.length - 12)).toBe(61);
    expect(zipped.includes('60-Bucket/1.jpg')).toBe(true);
  }, 150_000);

  test('several outputs: one instance killed midway, every output of every image is there, and those of no other', async () => {
    const jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
    const picture = pictures.on(
      '/several.jpg',
      (response, attempt, request) => void setTimeout(() => ok(jpeg)(response, attempt, request), 100),
    );
    const [first, second] = [await start(), await start({ S3_PRESIGN_SECONDS: '0' })];
    const rows = Array.from({ length: 40 }, (_, n) => `${picture}?${n % 30}`);
    const csv = `Image\n${[...rows, pictures.url('/none.jpg')].join('\n')}\n`;
    const requestId = await uploaded(first.url, csv, { outputs: 'jpeg:50,webp:50:160,png:100:40' });
    await inTheMiddle(second.url, requestId, 3, 5);
    first.child.kill('SIGKILL');
    const status = await finished(second.url, requestId, 60_000);
    expect(status.progress).toMatchObject({ total: 41, completed: 40, failed: 1 });
    const images = status.products.flatMap((product) => product.images as (ShownImage & { outputs: ShownOutput[] })[]);
    const names = images.flatMap(({ outputs }) => outputs.map(({ url }) => new URL(url).pathname));
    expect(new Set(names).size).toBe(120);
    for (const { outputs } of images) {
      for (const { url, bytes, width } of outputs) {
        const body = Buffer.from(await (await fetch(`${second.url}${new URL(url).pathname}`)).arrayBuffer());
        expect([body.length, (await sharp(body).metadata()).width]).toEqual([bytes, width]);
      }
    }
  }, 120_000);

  test('a bucket that is not allowed is an error of the upload', async () => {
    const { url } = await start();
    const response = await upload(
      url,
      'S. No.,Product Name,Input Image Urls\n1,A,s3://private/a.jpg\n2,B,s3://sources/../private/a.jpg\n',
    );
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { code: string }[] };
    expect(errors.map(({ code }) => code)).toEqual(['csv_bucket_not_allowed', 'csv_invalid_url']);
  });
});
