import { z } from 'zod';
import type { S3SourceConfig } from '../storage/s3-source.ts';
import type { StorageConfig } from '../storage/storage.ts';
import { trimEnd } from '../trim.ts';
import { httpUrl, list, wholeNumber } from './values.ts';

const isBucketName = (text: string): boolean => /^[A-Za-z0-9][\w.-]{1,254}$/.test(text);
const bucketName = z.string().refine(isBucketName, 'must be the name of a bucket');
const isKeyPrefix = (text: string): boolean =>
  text === '' || (/^[\w./-]+$/.test(text) && text.split('/').every((part) => !/^\.{0,2}$/.test(part)));

/** Classes whose objects are immediately readable, unlike archives. */
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
  STORAGE: z
    .enum(['local', 's3'], 'must be "local" or "s3"')
    .default('local')
    .describe('Where outputs are stored: a folder or a bucket.'),
  PROCESSED_DIR: z.string().default('processed_images').describe('Folder of the outputs.'),
  S3_BUCKET: bucketName
    .optional()
    .describe('Bucket of the outputs. Credentials come from where the AWS SDK looks: environment, profile, role.'),
  S3_ENDPOINT: httpUrl.optional().describe('Address of an S3-compatible store. Empty: AWS.'),
  S3_REGION: z
    .string()
    .regex(/^[\w-]+$/, 'must be a region such as eu-central-1')
    .optional()
    .describe('Empty: `AWS_REGION` or the profile; `us-east-1` with `S3_ENDPOINT`.'),
  S3_PREFIX: z
    .string()
    .transform((text) => trimEnd(text.replace(/^\/+/, ''), '/'))
    .refine(isKeyPrefix, 'must be a path such as shop/images, of letters, digits, ".", "_", "-" and "/"')
    .default('')
    .describe('Prefix of the keys, such as `shop/images`.'),
  S3_PUBLIC_URL: httpUrl
    .optional()
    .describe('Prefix of public output URLs, such as a CDN. Empty: the bucket is private.'),
  S3_FORCE_PATH_STYLE: z
    .enum(['true', 'false'], 'must be "true" or "false"')
    .optional()
    .describe('`endpoint/bucket/key` instead of `bucket.endpoint/key`. Empty: `true` with `S3_ENDPOINT`.'),
  S3_PRESIGN_SECONDS: wholeNumber(900, 0, 604_800).describe(
    'Lifetime of signed URLs. `0`: the service serves the bytes itself.',
  ),
  S3_SSE: z
    .enum(['AES256', 'aws:kms', 'aws:kms:dsse'], 'must be "AES256", "aws:kms" or "aws:kms:dsse"')
    .optional()
    .describe("Encryption at rest. Empty: the bucket's default."),
  S3_SSE_KMS_KEY_ID: z.string().optional().describe('Key for `aws:kms`.'),
  S3_STORAGE_CLASS: z
    .enum(STORAGE_CLASSES, `must be one of ${STORAGE_CLASSES.join(', ')}`)
    .optional()
    .describe("Storage class of the outputs. Empty: the bucket's default."),
  S3_SOURCE_BUCKETS: list
    .refine((items) => items.every(isBucketName), 'must be bucket names, comma-separated')
    .describe('Buckets, comma-separated, that `s3://` URLs of the CSV may name. Empty: none.'),
});

type Values = z.infer<typeof storageVariables>;

/** Errors in combinations of variables. */
export const s3Errors = (value: Values): string[] => {
  const errors: string[] = [];
  if (value.STORAGE === 's3' && value.S3_BUCKET === undefined) {
    errors.push('S3_BUCKET is required, because STORAGE is "s3"');
  }
  if (value.S3_SSE_KMS_KEY_ID !== undefined && !value.S3_SSE?.startsWith('aws:kms')) {
    errors.push('S3_SSE_KMS_KEY_ID requires S3_SSE=aws:kms; set that, or remove it');
  }
  return errors;
};

const connectionOf = (value: Values): S3SourceConfig['connection'] => ({
  endpoint: value.S3_ENDPOINT ?? null,
  region: value.S3_REGION ?? null,
  // Self-hosted stores rarely have a host name per bucket.
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
