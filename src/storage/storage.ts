import type { Readable } from 'node:stream';
import type { StorageClass } from '@aws-sdk/client-s3';
import { AppError } from '../errors.ts';
import type { S3Connection } from './s3-client.ts';

export type OutputFormat = 'jpeg' | 'webp' | 'avif' | 'png';

/** File ending and media type (RFC 6838) of each output format. */
export const OUTPUT_FORMATS: Readonly<Record<OutputFormat, { extension: string; contentType: string }>> = {
  jpeg: { extension: 'jpg', contentType: 'image/jpeg' },
  webp: { extension: 'webp', contentType: 'image/webp' },
  avif: { extension: 'avif', contentType: 'image/avif' },
  png: { extension: 'png', contentType: 'image/png' },
};

/** An image's name in every storage: its UUID and the ending of its format, `<uuid>.jpg`. Never contains a path. */
export const outputName = (imageId: string, format: OutputFormat): string =>
  `${imageId}.${OUTPUT_FORMATS[format].extension}`;

/** Exactly the names that {@link outputName} makes; nothing else can be asked for. */
export const OUTPUT_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:jpg|webp|avif|png)$/;

/** The names are ours, so another one is a guess or an attack; without separators it can't leave its place. */
export const assertOutputName = (name: string): void => {
  if (!OUTPUT_NAME.test(name)) throw new AppError('image_not_found');
};

const CONTENT_TYPES = new Map(Object.values(OUTPUT_FORMATS).map((format) => [format.extension, format.contentType]));

export const contentTypeOf = (name: string): string =>
  CONTENT_TYPES.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'application/octet-stream';

export interface StoredObject {
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: Date;
  /** A strong validator with its quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
}

/**
 * Where outputs live. Names are those that {@link outputName} makes; anything else is refused with `image_not_found`.
 * Every method throws an AppError: `storage_failed` (write), `storage_unavailable` (read),
 * `storage_misconfigured` (read; does not pass by itself), `image_not_found`.
 */
export interface Storage {
  /** Stores the bytes whole or not at all, durable when it resolves; a second put of the name replaces the first. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Stores what is under `from` under `to` as well, whole or not at all, durable when it resolves; each can be removed or
   * replaced without the other.
   * @returns false when nothing is stored under `from`
   */
  copy(from: string, to: string): Promise<boolean>;
  /** What is stored under the name, or null. */
  stat(name: string): Promise<StoredObject | null>;
  /** The bytes from `start` to `end`, both inclusive. */
  read(name: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Removes the name; removing what is not there is fine. */
  remove(name: string): Promise<void>;
  /** Resolves when the store can take writes; throws with the reason otherwise. */
  check(): Promise<void>;
  /** Where the world finds the name for good; null where this service answers for it. */
  publicUrl(name: string): string | null;
  /** A URL that gives the name for a short time, to whoever has it; null where there is none. */
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
  /** What keys begin with: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Prefix of public URLs without a slash at its end; null where the bucket is private. */
  readonly publicUrl: string | null;
  /** How long a signed URL holds; 0: the service passes the bytes on instead. */
  readonly presignSeconds: number;
  readonly encryption: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | null;
  readonly kmsKeyId: string | null;
  readonly storageClass: StorageClass | null;
}

/** Plain data: it is handed to the worker threads. */
export type StorageConfig = LocalStorageConfig | S3StorageConfig;
