import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { createLocalStorage } from '../../src/storage/local.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { BUCKET, S3_CREDENTIALS, type S3Server, startS3Server } from '../support/servers/s3-server.ts';

/** Temporary files of this age are swept, as configured in src/service.ts. */
const SWEPT_AFTER_MS = 15 * 60_000;

/** The storage of a scenario's instances, accessed directly. */
export interface ChaosStore {
  readonly environment: Readonly<Record<string, string>>;
  /** Names of all stored files, including temporary ones. */
  list(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** Sweeps as if all temporary files were old enough. */
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
      // Otherwise logged on each of forty restarts.
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
    // S3 lists complete objects only, so there is nothing to sweep.
    sweepAsIfLater: async () => {},
    async close() {
      client.destroy();
      await server.close();
    },
  };
};
