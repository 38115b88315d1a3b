import type { Readable } from 'node:stream';
import type { StorageClass } from '@aws-sdk/client-s3';
import { AppError } from '../errors.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../output-formats.ts';
import type { S3Connection } from './s3-client.ts';

const FORMATS = Object.values(OUTPUT_FORMATS);

/** An image's name in every storage: its UUID and the extension of its format, `<uuid>.jpg`. Never contains a path. */
export const outputName = (imageId: string, format: OutputFormat): string =>
  `${imageId}.${OUTPUT_FORMATS[format].extension}`;

/**
 * Matches exactly the names created by {@link outputName}. A literal, because only literals can be proven to run in linear
 * time (docs/decisions/0035-linear-patterns.md); a test checks it against the table of formats.
 */
export const OUTPUT_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:jpg|webp|avif|png)$/;

/** Any other name is a guess or an attack; without separators a name cannot leave its folder. */
export const assertOutputName = (name: string): void => {
  if (!OUTPUT_NAME.test(name)) throw new AppError('image_not_found');
};

export const contentTypeOf = (name: string): string =>
  FORMATS.find(({ extension }) => name.endsWith(`.${extension}`))?.contentType ?? 'application/octet-stream';

export interface StoredObject {
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: Date;
  /** A strong validator including its quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
}

/**
 * Where outputs are stored. Names are created by {@link outputName}; others are rejected with `image_not_found`.
 * Every method throws an AppError: `storage_failed` (write), `storage_unavailable` (read),
 * `storage_misconfigured` (read; must be fixed by the operator), `image_not_found`.
 */
export interface Storage {
  /**
   * Stores the bytes atomically, durable once it resolves; a second put of a name replaces the first.
   * @param ends when one of them is aborted, a store that asked for a slower pace is not asked again
   */
  put(name: string, bytes: Uint8Array, ends?: readonly AbortSignal[]): Promise<void>;
  /**
   * Copies `from` to `to` atomically, durable once it resolves; either can be removed or replaced independently.
   * @returns false if `from` does not exist
   */
  copy(from: string, to: string): Promise<boolean>;
  /** Describes the object, or returns null if it does not exist. */
  stat(name: string): Promise<StoredObject | null>;
  /** Reads the object, or the bytes from `start` to `end`, both inclusive. */
  read(name: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Removes the object; does nothing if it does not exist. */
  remove(name: string): Promise<void>;
  /** Resolves if the storage is writable; throws with the reason otherwise. */
  check(): Promise<void>;
  /** The permanent public URL; null if this service serves the object itself. */
  publicUrl(name: string): string | null;
  /** A short-lived signed URL; null if not available. */
  locate(name: string, method: 'GET' | 'HEAD'): Promise<string | null>;
}

export interface LocalStorageConfig {
  readonly kind: 'local';
  readonly directory: string;
}

export interface S3StorageConfig {
  readonly kind: 's3';
  readonly connection: S3Connection;
  readonly bucket: string;
  /** Key prefix: empty, or ending in a slash. */
  readonly prefix: string;
  /** Prefix of public URLs without a trailing slash; null if the bucket is private. */
  readonly publicUrl: string | null;
  /** Validity of signed URLs; 0: the service proxies the bytes instead. */
  readonly presignSeconds: number;
  readonly encryption: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | null;
  readonly kmsKeyId: string | null;
  readonly storageClass: StorageClass | null;
}

/** Plain data, because it is passed to worker threads. */
export type StorageConfig = LocalStorageConfig | S3StorageConfig;
