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
import { assertOutputName, contentTypeOf, type S3StorageConfig, type Storage } from './storage.ts';

const CACHE_CONTROL = 'public, max-age=31536000, immutable';
/** Larger outputs go in parts, so that a cut connection costs one part; the parts are slices, not copies. */
const MULTIPART_FROM_BYTES = 16 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

const isTransient = ({ kind }: S3Failure): boolean => kind === 'unavailable' || kind === 'throttled';

/** A fault of the store while reading: it may pass, or its operator must mend it. */
const readFailure = (cause: unknown): AppError => {
  const failure = classifyS3(cause);
  return isTransient(failure)
    ? new AppError('storage_unavailable', `The image store does not answer: ${failure.reason}.`, { cause })
    : new AppError('storage_misconfigured', `The image store cannot be used: ${failure.reason}.`, { cause });
};

/**
 * Outputs as objects of one bucket. The store shows an object only when all of it has arrived, so a name holds a whole
 * image or nothing; parts of an upload that died are invisible and removed by a lifecycle rule of the bucket.
 */
export const createS3Storage = (
  config: S3StorageConfig,
  client: S3Client = createS3Client(config.connection),
): Storage => {
  const { bucket, prefix } = config;
  let wrote = false;

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
    // A failure aborts the upload, which removes the parts that had arrived.
    await new Upload({ client, params: input, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
  };

  /** HEAD has no body that would tell a missing object from a missing bucket. */
  const requireBucket = async (): Promise<void> => {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (cause) {
      if (classifyS3(cause).kind !== 'missing') throw readFailure(cause);
      throw new AppError('storage_misconfigured', 'The image store cannot be used: its bucket does not exist.', {
        cause,
      });
    }
  };

  return {
    put: async (name, bytes) => {
      assertOutputName(name);
      try {
        await write({
          ...objectOf(name),
          Body: bytes,
          ContentType: contentTypeOf(name),
          CacheControl: CACHE_CONTROL,
          ...writeOptions(),
        });
      } catch (cause) {
        const message = `The result could not be stored: of the image store, ${classifyS3(cause).reason}. It is tried again.`;
        throw new AppError('storage_failed', message, { cause });
      }
    },

    copy: async (from, to) => {
      assertOutputName(from);
      assertOutputName(to);
      const source = `${bucket}/${prefix}${from}`.split('/').map(encodeURIComponent).join('/');
      try {
        // Type and caching come along with the source.
        await client.send(new CopyObjectCommand({ ...objectOf(to), CopySource: source, ...writeOptions() }));
        return true;
      } catch (cause) {
        const { kind, reason } = classifyS3(cause);
        if (kind === 'missing') return false;
        const message = `The result could not be stored: of the image store, ${reason}. It is tried again.`;
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
        if (classifyS3(cause).kind !== 'missing') throw readFailure(cause);
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
        throw readFailure(cause);
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
      if (wrote) return;
      // Once: that the bucket is there does not say that it may be written.
      const probe = objectOf(`.probe-${randomUUID()}`);
      try {
        await client.send(new PutObjectCommand({ ...probe, Body: new Uint8Array(1), ...writeOptions() }));
        await client.send(new DeleteObjectCommand(probe));
      } catch (cause) {
        throw readFailure(cause);
      }
      wrote = true;
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
        throw readFailure(cause);
      }
    },
  };
};
