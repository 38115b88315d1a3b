import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { createS3Storage } from '../../src/storage/s3.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { outputName, type S3StorageConfig } from '../../src/storage/storage.ts';
import {
  BUCKET,
  type CuttingProxy,
  describeS3,
  S3_CREDENTIALS,
  type S3Server,
  startProxy,
  startS3Server,
} from '../support/servers/s3-server.ts';
import { describeStorage } from './contract.ts';

describeS3('S3', () => {
  let server: S3Server;
  let client: S3Client;
  const proxies: CuttingProxy[] = [];
  const clients: S3Client[] = [];

  const clientOf = (endpoint: string, credentials = S3_CREDENTIALS): S3Client => {
    const made = createS3Client({ endpoint, region: null, forcePathStyle: true }, credentials);
    clients.push(made);
    return made;
  };
  const configOf = (changes: Partial<S3StorageConfig> = {}): S3StorageConfig => ({
    kind: 's3',
    connection: { endpoint: server.endpoint, region: null, forcePathStyle: true },
    bucket: BUCKET,
    prefix: `${randomUUID()}/`,
    publicUrl: null,
    presignSeconds: 60,
    encryption: null,
    kmsKeyId: null,
    storageClass: null,
    ...changes,
  });
  const proxy = async (cutAfterBytes?: number): Promise<CuttingProxy> => {
    const made = await startProxy(server.port, cutAfterBytes);
    proxies.push(made);
    return made;
  };

  beforeAll(async () => {
    server = await startS3Server();
    client = clientOf(server.endpoint);
  });
  afterAll(async () => {
    for (const each of clients) each.destroy();
    for (const each of proxies) await each.close();
    await server.close();
  });

  describeStorage(['the store is down', 'the credentials are wrong', 'the bucket is missing'], async () => {
    const config = configOf();
    const list = async () => {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: config.prefix }));
      return (Contents ?? []).map(({ Key }) => `${Key}`);
    };
    const wrong = { accessKeyId: 'test-access', secretAccessKey: 'another-secret' };
    return {
      storage: createS3Storage(config, client),
      names: list,
      interrupted: async () => createS3Storage(config, clientOf((await proxy(1_000_000)).endpoint)),
      broken: {
        'the store is down': {
          storage: createS3Storage(config, clientOf('http://127.0.0.1:1')),
          reason: /cannot be reached \(ECONNREFUSED\)/,
          readCode: 'storage_unavailable',
        },
        'the credentials are wrong': {
          storage: createS3Storage(config, clientOf(server.endpoint, wrong)),
          reason: /credentials were rejected/,
          readCode: 'storage_misconfigured',
        },
        'the bucket is missing': {
          storage: createS3Storage({ ...config, bucket: 'nowhere' }, client),
          reason: /bucket does not exist/,
          readCode: 'storage_misconfigured',
        },
      },
    };
  });

  test('a large output is uploaded in parts and read back; an interrupted one is not visible', async () => {
    const config = configOf();
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'large');
    const name = outputName(randomUUID(), 'png');
    const cut = createS3Storage(config, clientOf((await proxy(3_000_000)).endpoint));
    await expect(cut.put(name, bytes)).rejects.toMatchObject({ code: 'storage_failed' });
    const storage = createS3Storage(config, client);
    expect(await storage.stat(name)).toBeNull();
    await storage.put(name, bytes);
    expect((await storage.stat(name))?.etag).toMatch(/-3"$/);
    expect((await buffer(await storage.read(name))).equals(bytes)).toBe(true);
  });

  test('type and caching are stored; encryption and storage class are requested', async () => {
    const between = await proxy();
    const config = configOf({ encryption: 'aws:kms', kmsKeyId: 'key-1', storageClass: 'STANDARD_IA' });
    const name = outputName(randomUUID(), 'webp');
    await createS3Storage(config, clientOf(between.endpoint))
      .put(name, Buffer.from('x'))
      .catch(() => {});
    const sent = between.sent().toLowerCase();
    expect(sent).toContain('x-amz-server-side-encryption: aws:kms');
    expect(sent).toContain('x-amz-server-side-encryption-aws-kms-key-id: key-1');
    expect(sent).toContain('x-amz-storage-class: standard_ia');

    const plain = configOf();
    await createS3Storage(plain, client).put(name, Buffer.from('x'));
    const found = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${plain.prefix}${name}` }));
    expect(found).toMatchObject({
      ContentType: 'image/webp',
      CacheControl: 'public, max-age=31536000, immutable',
    });
  });

  test('a signed URL needs no credentials; a public URL is the prefix and the key', async () => {
    const name = outputName(randomUUID(), 'jpeg');
    const storage = createS3Storage(configOf({ prefix: 'shop/' }), client);
    await storage.put(name, Buffer.from('picture'));
    const response = await fetch((await storage.locate(name, 'GET')) ?? '');
    expect([response.status, await response.text()]).toEqual([200, 'picture']);
    expect((await fetch((await storage.locate(name, 'HEAD')) ?? '', { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${server.endpoint}/${BUCKET}/shop/${name}`)).status).toBe(403);
    expect(storage.publicUrl(name)).toBeNull();
    const open = createS3Storage(configOf({ prefix: 'shop/', publicUrl: 'https://cdn.example' }), client);
    expect(open.publicUrl(name)).toBe(`https://cdn.example/shop/${name}`);
  });

  test('a store that refuses the headers of checksums is used without them, in one part and in several', async () => {
    const refused: string[] = [];
    // Signatures cover the host, so it is passed on as it is.
    const fussy = createServer((req, res) => {
      const names = Object.keys(req.headers).filter((name) =>
        /^x-amz-(?:checksum|sdk-checksum|trailer|decoded)/.test(name),
      );
      if (names.length > 0 || /chunked/.test(String(req.headers['content-encoding']))) {
        refused.push(`${req.method} ${names}`);
        res.writeHead(501).end();
        return;
      }
      const { method, url, headers } = req;
      const upstream = request({ host: '127.0.0.1', port: server.port, method, path: url, headers, agent: false });
      req.pipe(upstream);
      upstream.on('response', (answer) => {
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      });
    }).listen(0, '127.0.0.1');
    await once(fussy, 'listening');
    try {
      const { port } = fussy.address() as AddressInfo;
      const storage = createS3Storage(configOf(), clientOf(`http://127.0.0.1:${port}`));
      await storage.check();
      for (const size of [10, 17 * 1024 * 1024]) {
        const name = outputName(randomUUID(), 'jpeg');
        await storage.put(name, Buffer.alloc(size, 7));
        expect((await storage.stat(name))?.size).toBe(size);
        expect(await storage.copy(name, outputName(randomUUID(), 'jpeg'))).toBe(true);
        await storage.remove(name);
      }
      expect(refused).toEqual([]);
    } finally {
      fussy.closeAllConnections();
      fussy.close();
    }
  });
});
