import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../errors.ts';
import { createS3Client, type S3Connection } from './s3-client.ts';
import { classifyS3, type S3FailureKind } from './s3-failure.ts';

export interface S3SourceConfig {
  readonly connection: S3Connection;
  /** Buckets that `s3://` sources may reference; all others are rejected. */
  readonly buckets: readonly string[];
}

const CODES = {
  missing: 'source_not_found',
  no_bucket: 'source_not_found',
  refused: 'source_unauthorized',
  misconfigured: 'source_rejected',
  throttled: 'source_rate_limited',
  unavailable: 'source_unavailable',
} as const satisfies Record<S3FailureKind, string>;

/** Opens source images in the allowed buckets with the service's credentials. */
export const createS3Source = (
  { connection, buckets }: S3SourceConfig,
  client: S3Client = createS3Client(connection),
): ((
  bucket: string,
  key: string,
  signal: AbortSignal,
) => Promise<{ body: Readable; size: number | null; contentType: string | null }>) => {
  return async (bucket, key, signal) => {
    if (!buckets.includes(bucket)) throw new AppError('source_bucket_not_allowed');
    try {
      const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      return {
        body: found.Body as Readable,
        size: found.ContentLength ?? null,
        contentType: found.ContentType ?? null,
      };
    } catch (cause) {
      if (signal.aborted) throw cause;
      const { kind, reason } = classifyS3(cause);
      throw new AppError(CODES[kind], `The image could not be read from the bucket ${bucket}: ${reason}.`, { cause });
    }
  };
};
