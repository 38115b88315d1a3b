import { z } from 'zod';
import type { S3SourceConfig } from '../storage/s3-source.ts';
import type { StorageConfig } from '../storage/storage.ts';
import { trimEnd } from '../trim.ts';
import { httpUrl, list, wholeNumber } from './values.ts';

const isBucketName = (text: string): boolean => /^[A-Za-z0-9][\w.-]{1,254}$/.test(text);
const bucketName = z.string().refine(isBucketName, 'must be the name of a bucket');
const isKeyPrefix = (text: string): boolean =>
  text === '' || (/^[\w./-]+$/.test(text) && text.split('/').every((part) => !/^\.{0,2}$/.test(part)));

/** Those whose objects can be read at once; archives cannot be served. */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
] as const;

export const storageVariables = z.object({
  STORAGE: z.enum(['local', 's3'], 'must be "local" or "s3"').default('local'),
  PROCESSED_DIR: z.string().default('processed_images'),
  S3_BUCKET: bucketName.optional(),
  S3_ENDPOINT: httpUrl.optional(),
  S3_REGION: z
    .string()
    .regex(/^[\w-]+$/, 'must be a region such as eu-central-1')
    .optional(),
  S3_PREFIX: z
    .string()
    .transform((text) => trimEnd(text.replace(/^\/+/, ''), '/'))
    .refine(isKeyPrefix, 'must be a path such as shop/images, of letters, digits, ".", "_", "-" and "/"')
    .default(''),
  S3_PUBLIC_URL: httpUrl.optional(),
  S3_FORCE_PATH_STYLE: z.enum(['true', 'false'], 'must be "true" or "false"').optional(),
  S3_PRESIGN_SECONDS: wholeNumber(900, 0, 604_800),
  S3_SSE: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse'], 'must be "AES256", "aws:kms" or "aws:kms:dsse"').optional(),
  S3_SSE_KMS_KEY_ID: z.string().optional(),
  S3_STORAGE_CLASS: z.enum(STORAGE_CLASSES, `must be one of ${STORAGE_CLASSES.join(', ')}`).optional(),
  S3_SOURCE_BUCKETS: list.refine((items) => items.every(isBucketName), 'must be bucket names, comma-separated'),
});

type Values = z.infer<typeof storageVariables>;

/** Faults that no variable has alone. */
export const s3Faults = (value: Values): string[] => {
  const faults: string[] = [];
  if (value.STORAGE === 's3' && value.S3_BUCKET === undefined) {
    faults.push('S3_BUCKET must name the bucket for the outputs, because STORAGE is "s3"');
  }
  if (value.S3_SSE_KMS_KEY_ID !== undefined && !value.S3_SSE?.startsWith('aws:kms')) {
    faults.push('S3_SSE_KMS_KEY_ID must stand beside S3_SSE=aws:kms, or be left out');
  }
  return faults;
};

const connectionOf = (value: Values): S3SourceConfig['connection'] => ({
  endpoint: value.S3_ENDPOINT ?? null,
  region: value.S3_REGION ?? null,
  // Stores of one's own seldom have a name for each bucket.
  forcePathStyle:
    value.S3_FORCE_PATH_STYLE === undefined ? value.S3_ENDPOINT !== undefined : value.S3_FORCE_PATH_STYLE === 'true',
});

export const storageOf = (value: Values): StorageConfig => {
  if (value.STORAGE === 'local' || value.S3_BUCKET === undefined) {
    return { kind: 'local', directory: value.PROCESSED_DIR };
  }
  return {
    kind: 's3',
    connection: connectionOf(value),
    bucket: value.S3_BUCKET,
    prefix: value.S3_PREFIX === '' ? '' : `${value.S3_PREFIX}/`,
    publicUrl: value.S3_PUBLIC_URL ?? null,
    presignSeconds: value.S3_PRESIGN_SECONDS,
    encryption: value.S3_SSE ?? null,
    kmsKeyId: value.S3_SSE_KMS_KEY_ID ?? null,
    storageClass: value.S3_STORAGE_CLASS ?? null,
  };
};

export const sourcesOf = (value: Values): S3SourceConfig => ({
  connection: connectionOf(value),
  buckets: value.S3_SOURCE_BUCKETS,
});
