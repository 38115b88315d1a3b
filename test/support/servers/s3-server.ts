import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../../src/storage/s3-client.ts';
import { waitFor } from '../service.ts';

export const S3_CREDENTIALS = { accessKeyId: 'test-access', secretAccessKey: 'test-secret-key' };
export const BUCKET = 'outputs';

/** Set by scripts/test.mjs and scripts/chaos.mjs if versitygw was found or built. */
const PROGRAM = process.env.TEST_S3_SERVER;

/** `describe`, skipped without an S3 server. */
export const describeS3 = (name: string, tests: () => void): void => (PROGRAM ? describe : describe.skip)(name, tests);

export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** A real S3 server over a temporary folder, with the bucket `outputs`. */
export const startS3Server = async (): Promise<S3Server> => {
  if (!PROGRAM) throw new Error('TEST_S3_SERVER is not set');
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  for (const name of ['data', 'meta']) await mkdir(join(directory, name));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  const child: ChildProcess = spawn(
    PROGRAM,
    [
      '--port',
      `127.0.0.1:${port}`,
      '--access',
      accessKeyId,
      '--secret',
      secretAccessKey,
      '--quiet',
      '--keep-alive',
    ].concat(['posix', '--sidecar', join(directory, 'meta'), join(directory, 'data')]),
    { stdio: 'ignore' },
  );
  const client = createS3Client({ endpoint, region: null, forcePathStyle: true }, S3_CREDENTIALS);
  await waitFor(async () => {
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return true;
    } catch {
      return false;
    }
  });
  client.destroy();
  return {
    endpoint,
    port,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export interface CuttingProxy {
  readonly endpoint: string;
  /** Bytes sent by clients, as text. */
  sent(): string;
  close(): Promise<void>;
}

/** Forwards connections to a port, and closes each one after `cutAfterBytes` from the client. */
export const startProxy = async (port: number, cutAfterBytes = Number.POSITIVE_INFINITY): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let seen = '';
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let bytes = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk) => {
      bytes += chunk.length;
      if (seen.length < 100_000) seen += chunk.toString('latin1');
      if (bytes > cutAfterBytes) client.destroy();
      else upstream.write(chunk);
    });
    upstream.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => seen,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
