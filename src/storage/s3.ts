import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '../errors.ts';
import { createS3Client } from './s3-client.ts';
import { classifyS3, type S3Failure } from './s3-failure.ts';
import { type ThrottleClock, untilNotThrottled } from './s3-throttle.ts';
import { assertOutputName, contentTypeOf, type S3StorageConfig, type Storage } from './storage.ts';

const CACHE_CONTROL = 'public, max-age=31536000, immutable';
/** Larger outputs are uploaded in parts, so that a lost connection costs one part; parts are slices, not copies. */
const MULTIPART_FROM_BYTES = 16 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;
const CONCURRENT_PARTS = 2;

const isTransient = ({ kind }: S3Failure): boolean => kind === 'unavailable' || kind === 'throttled';

/** A read error: transient, or one the operator must fix. */
const readError = (cause: unknown): AppError => {
  const failure = classifyS3(cause);
  return isTransient(failure)
    ? new AppError('storage_unavailable', `The image storage is unavailable: ${failure.reason}.`, { cause })
    : new AppError('storage_misconfigured', `The image storage is misconfigured: ${failure.reason}.`, { cause });
};

/**
 * Stores outputs as objects in one bucket. S3 shows an object only once it is complete, so readers see a complete image or
 * none; parts of an aborted upload are invisible and removed by a lifecycle rule of the bucket.
 */
export const createS3Storage = (
  config: S3StorageConfig,
  client: S3Client = createS3Client(config.connection),
  clock?: ThrottleClock,
): Storage => {
  const { bucket, prefix } = config;
  const patiently = untilNotThrottled(clock);
  let probed = false;

  const objectOf = (name: string) => ({ Bucket: bucket, Key: `${prefix}${name}` });

  const writeOptions = (): Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'> => ({
    ...(config.encryption === null ? {} : { ServerSideEncryption: config.encryption }),
    ...(config.kmsKeyId === null ? {} : { SSEKMSKeyId: config.kmsKeyId }),
    ...(config.storageClass === null ? {} : { StorageClass: config.storageClass }),
  });

  const write = async (input: PutObjectCommandInput & { Body: Uint8Array }): Promise<void> => {
    if (input.Body.length < MULTIPART_FROM_BYTES) {
      await client.send(new PutObjectCommand(input));
      return;
    }
    // A failure aborts the upload, which removes the uploaded parts.
    await new Upload({ client, params: input, partSize: PART_BYTES, queueSize: CONCURRENT_PARTS }).done();
  };

  /** HEAD responses have no body to distinguish a missing object from a missing bucket. */
  const requireBucket = async (): Promise<void> => {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (cause) {
      if (classifyS3(cause).kind !== 'missing') throw readError(cause);
      throw new AppError('storage_misconfigured', 'The image storage is misconfigured: the bucket does not exist.', {
        cause,
      });
    }
  };

  return {
    put: async (name, bytes, ends) => {
      assertOutputName(name);
      try {
        await patiently(
          () =>
            write({
              ...objectOf(name),
              Body: bytes,
              ContentType: contentTypeOf(name),
              CacheControl: CACHE_CONTROL,
              ...writeOptions(),
            }),
          ends,
        );
      } catch (cause) {
        const message = `The result could not be stored in S3: ${classifyS3(cause).reason}. It will be retried.`;
        throw new AppError('storage_failed', message, { cause });
      }
    },

    copy: async (from, to) => {
      assertOutputName(from);
      assertOutputName(to);
      const source = `${bucket}/${prefix}${from}`.split('/').map(encodeURIComponent).join('/');
      try {
        // Content-Type and Cache-Control are copied with the source.
        await patiently(() =>
          client.send(new CopyObjectCommand({ ...objectOf(to), CopySource: source, ...writeOptions() })),
        );
        return true;
      } catch (cause) {
        const { kind, reason } = classifyS3(cause);
        if (kind === 'missing') return false;
        const message = `The result could not be stored in S3: ${reason}. It will be retried.`;
        throw new AppError('storage_failed', message, { cause });
      }
    },

    stat: async (name) => {
      assertOutputName(name);
      try {
        const found = await client.send(new HeadObjectCommand(objectOf(name)));
        return {
          size: found.ContentLength ?? 0,
          contentType: found.ContentType ?? contentTypeOf(name),
          lastModified: found.LastModified ?? new Date(0),
          etag: found.ETag ?? '',
        };
      } catch (cause) {
        if (classifyS3(cause).kind !== 'missing') throw readError(cause);
        await requireBucket();
        return null;
      }
    },

    read: async (name, range) => {
      assertOutputName(name);
      const Range = range && { Range: `bytes=${range.start}-${range.end}` };
      try {
        const found = await client.send(new GetObjectCommand({ ...objectOf(name), ...Range }));
        return found.Body as Readable;
      } catch (cause) {
        if (classifyS3(cause).kind === 'missing') throw new AppError('image_not_found', undefined, { cause });
        throw readError(cause);
      }
    },

    remove: async (name) => {
      assertOutputName(name);
      try {
        await client.send(new DeleteObjectCommand(objectOf(name)));
      } catch (cause) {
        const { kind, reason } = classifyS3(cause);
        if (kind === 'missing') return;
        throw new AppError('storage_failed', `The image could not be removed: ${reason}.`, { cause });
      }
    },

    check: async () => {
      await requireBucket();
      if (probed) return;
      // Once only: an existing bucket may still not be writable.
      const probe = objectOf(`.probe-${randomUUID()}`);
      try {
        await client.send(new PutObjectCommand({ ...probe, Body: new Uint8Array(1), ...writeOptions() }));
        await client.send(new DeleteObjectCommand(probe));
      } catch (cause) {
        throw readError(cause);
      }
      probed = true;
    },

    publicUrl: (name) => {
      if (config.publicUrl === null) return null;
      return `${config.publicUrl}/${`${prefix}${name}`.split('/').map(encodeURIComponent).join('/')}`;
    },

    locate: async (name, method) => {
      assertOutputName(name);
      if (config.presignSeconds === 0) return null;
      const Command = method === 'HEAD' ? HeadObjectCommand : GetObjectCommand;
      try {
        return await getSignedUrl(client, new Command(objectOf(name)), { expiresIn: config.presignSeconds });
      } catch (cause) {
        throw readError(cause);
      }
    },
  };
};
