import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { csvOf } from '../support/csv.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { killInstances, startInstance } from '../support/instance.ts';
import { type ImageServer, startPictures } from '../support/servers/image-server.mjs';
import { BUCKET, describeS3, S3_CREDENTIALS, type S3Server, startS3Server } from '../support/servers/s3-server.ts';
import { finished, uploaded } from '../support/service.ts';

const IMAGES = 4;

/** Where the outputs are, as someone with access to it sees it. */
interface Store {
  readonly environment: Readonly<Record<string, string>>;
  names(): Promise<string[]>;
  put(name: string): Promise<void>;
  /** Moves outputs out of the way, or back. */
  move(name: string, to: 'away' | 'back'): Promise<void>;
  close(): Promise<void>;
}

const folder = async (directory: string): Promise<Store> => {
  const outputs = join(directory, 'processed_images');
  return {
    environment: {},
    names: () => readdir(outputs),
    put: (name) => writeFile(join(outputs, name), 'x'),
    move(name, to) {
      const [here, away] = [join(outputs, name), join(directory, name)];
      return to === 'away' ? rename(here, away) : rename(away, here);
    },
    async close() {},
  };
};

const PREFIX = 'shop/images/';
const bucket = async (): Promise<Store> => {
  const server: S3Server = await startS3Server();
  const client: S3Client = createS3Client(
    { endpoint: server.endpoint, region: null, forcePathStyle: true },
    S3_CREDENTIALS,
  );
  return {
    environment: {
      ...{ STORAGE: 's3', S3_BUCKET: BUCKET, S3_ENDPOINT: server.endpoint, S3_PREFIX: PREFIX },
      ...{ AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey },
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async names() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: PREFIX }));
      return Contents.map(({ Key = '' }) => Key.slice(PREFIX.length));
    },
    async put(name) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: PREFIX + name, Body: 'x' }));
    },
    async move(name, to) {
      const keys = [PREFIX + name, `away/${name}`];
      const [From = '', Key = ''] = to === 'away' ? keys : keys.reverse();
      await client.send(new CopyObjectCommand({ Bucket: BUCKET, CopySource: `${BUCKET}/${From}`, Key }));
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: From }));
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
};

const tests = (open: (directory: string) => Promise<Store>) => (): void => {
  let directory: string;
  let pictures: ImageServer;
  let database: TestConnection;
  let store: Store;
  let environment: Record<string, string>;
  let outputs: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'orphans-'));
    pictures = await startPictures(0);
    database = await testConnection();
    store = await open(directory);
    environment = { MONGODB_URI: database.uri, ...store.environment };
    const { url } = await startInstance(directory, environment);
    const one = await uploaded(url, csvOf(pictures.origin, IMAGES));
    const several = await uploaded(url, csvOf(pictures.origin, IMAGES), { outputs: 'jpeg:50,webp:50:64' });
    for (const id of [one, several]) await finished(url, id);
    outputs = (await store.names()).sort();
  });
  afterAll(async () => {
    await killInstances();
    await store.close();
    await database.close();
    await pictures.close();
    await rm(directory, { recursive: true, maxRetries: 10 });
  });

  const orphans = async (...options: string[]) => {
    const child = spawn(process.execPath, ['dist/orphans.js', ...options], {
      env: { ...process.env, PROCESSED_DIR: join(directory, 'processed_images'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [code] = await once(child, 'close');
    const found: { kind: string; name: string }[] = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    return { code, found, stderr };
  };

  test('nothing is found where database and outputs agree, with several outputs of an image too', async () => {
    expect(outputs).toHaveLength(3 * IMAGES);
    expect(await orphans()).toEqual({
      code: 0,
      found: [],
      stderr: expect.stringContaining('0 outputs without an image'),
    });
  });

  test('both ways: outputs of no image, and images without an output; only the former are removed, when asked', async () => {
    const stranger = `${randomUUID()}.jpg`;
    for (const name of [stranger, 'readme.txt']) await store.put(name);
    const lost = ['.webp', '.jpg'].map((end) => String(outputs.find((name) => name.endsWith(end))));
    for (const name of lost) await store.move(name, 'away');

    const { code, found, stderr } = await orphans();
    expect(code).toBe(1);
    expect(found.filter(({ kind }) => kind === 'file')).toEqual([{ kind: 'file', name: stranger }]);
    const images = found.filter(({ kind }) => kind === 'image');
    expect(images.map(({ name }) => name).sort()).toEqual([...lost].sort());
    expect(images[0]).toMatchObject({ requestId: expect.any(String), imageId: expect.any(String) });
    expect(stderr).toContain(
      '1 outputs without an image, 0 of them removed; 2 outputs of completed images are missing',
    );
    expect(await store.names()).toContain(stranger);

    const removed = (await orphans('--remove-files')).found;
    expect(removed).toContainEqual({ kind: 'file', name: stranger, removed: true });
    expect((await store.names()).sort()).toEqual(
      [...outputs.filter((name) => !lost.includes(name)), 'readme.txt'].sort(),
    );
    for (const name of lost) await store.move(name, 'back');
    expect((await orphans()).code).toBe(0);
  }, 60_000);

  test('an option that it does not know is refused before anything is opened', async () => {
    expect(await orphans('--remove')).toMatchObject({
      code: 2,
      found: [],
      stderr: expect.stringContaining('Usage:'),
    });
  });
};

describe('outputs in a folder', tests(folder));
describeS3('outputs on S3', tests(bucket));
