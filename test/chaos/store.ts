import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { createLocalStorage } from '../../src/storage/local.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { BUCKET, S3_CREDENTIALS, type S3Server, startS3Server } from '../support/servers/s3-server.ts';

/** As src/service.ts has it: a temporary file of this age is swept. */
const SWEPT_AFTER_MS = 15 * 60_000;

/** Where the instances of a scenario keep their outputs, looked at from outside. */
export interface ChaosStore {
  readonly environment: Readonly<Record<string, string>>;
  /** Names of everything that is stored, temporary files included. */
  list(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** Does what the sweeper does once what is there has become old enough. */
  sweepAsIfLater(): Promise<void>;
  close(): Promise<void>;
}

export const localStore = (directory: string): ChaosStore => {
  const folder = join(directory, 'processed_images');
  return {
    environment: { STORAGE: 'local', PROCESSED_DIR: folder },
    list: () => readdir(folder),
    read: (name) => readFile(join(folder, name)),
    async sweepAsIfLater() {
      await createLocalStorage(folder).sweepTemporary(SWEPT_AFTER_MS, () => Date.now() + SWEPT_AFTER_MS + 1_000);
    },
    close: async () => {},
  };
};

export const s3Store = async (): Promise<ChaosStore> => {
  const server: S3Server = await startS3Server();
  const client = createS3Client({ endpoint: server.endpoint, region: null, forcePathStyle: true }, S3_CREDENTIALS);
  return {
    environment: {
      STORAGE: 's3',
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      // Forty restarts would say it forty times.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    async list() {
      const names: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET })) {
        names.push(...(page.Contents ?? []).map(({ Key }) => String(Key)));
      }
      return names;
    },
    async read(name) {
      const found = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: name }));
      return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    },
    // A store shows whole objects only: there is nothing to sweep.
    sweepAsIfLater: async () => {},
    async close() {
      client.destroy();
      await server.close();
    },
  };
};
