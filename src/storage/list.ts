import { opendir } from 'node:fs/promises';
import { errnoOf } from '../errno.ts';
import { OUTPUT_NAME, type StorageConfig } from './storage.ts';

/** The names of all outputs in the store, in its order, one page at a time. What is not named as an output is left out. */
export async function* listOutputs(config: StorageConfig): AsyncGenerator<string> {
  for await (const name of config.kind === 'local' ? filesOf(config.directory) : objectsOf(config)) {
    if (OUTPUT_NAME.test(name)) yield name;
  }
}

async function* filesOf(directory: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(directory, { bufferSize: 1_000 })) if (entry.isFile()) yield entry.name;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

async function* objectsOf({
  bucket,
  prefix,
  connection,
}: Extract<StorageConfig, { kind: 's3' }>): AsyncGenerator<string> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const { createS3Client } = await import('./s3-client.ts');
  const client = createS3Client(connection);
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' })) {
      for (const { Key = '' } of page.Contents ?? []) yield Key.slice(prefix.length);
    }
  } finally {
    client.destroy();
  }
}
