import type { Readable } from 'node:stream';

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

export interface StoredObject {
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: Date;
  /** A strong validator with its quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
}

/**
 * Where outputs live. Names are those that {@link outputName} makes; anything else is refused with `image_not_found`.
 * Every method throws an AppError: `storage_failed` (write), `storage_unavailable` (read), `image_not_found`.
 */
export interface Storage {
  /** Stores the bytes whole or not at all, durable when it resolves; a second put of the name replaces the first. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** What is stored under the name, or null. */
  stat(name: string): Promise<StoredObject | null>;
  /** The bytes from `start` to `end`, both inclusive. */
  read(name: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Removes the name; removing what is not there is fine. */
  remove(name: string): Promise<void>;
  /** Resolves when the store can take writes; throws `storage_unavailable` with the reason otherwise. */
  check(): Promise<void>;
}

export type StorageConfig = { readonly kind: 'local'; readonly directory: string };
