import { z } from 'zod';
import type { CoreDefaults } from './cores.ts';
import type { MemoryDefaults } from './memory.ts';
import { MIB, wholeNumber } from './values.ts';

export interface LimitsConfig {
  readonly maxUploadBytes: number;
  /** Uploads received or stored at the same time, and the total bytes of their files. */
  readonly maxUploadsInFlight: number;
  readonly maxUploadBytesInFlight: number;
  /** Bytes that uploads must leave free on their disk; null: 1 GiB, or a tenth of a smaller disk. */
  readonly minFreeDiskBytes: number | null;
  /** Responses read at the same time, for pages and for downloads each. */
  readonly maxReadsInFlight: number;
  readonly maxRows: number;
  readonly maxUrls: number;
  /** Bytes of one row of the CSV. */
  readonly maxRowBytes: number;
  readonly maxColumns: number;
  /** Unfinished images per tenant, or per address without keys. */
  readonly maxQueuedImages: number;
  readonly maxImageBytes: number;
  readonly maxPixels: number;
  /** Pixels decoded at the same time across all threads. */
  readonly maxPixelsInFlight: number;
  /** Memory for decoding and encoding, as estimated in `src/images/cost.ts`. */
  readonly maxDecodeBytesInFlight: number;
  /** Bytes of source images in memory at the same time. */
  readonly maxDownloadBytesInFlight: number;
  /** Deadlines of an image's stages (docs/architecture.md). */
  readonly maxQueueSeconds: number;
  readonly maxConnectSeconds: number;
  readonly maxDownloadSeconds: number;
  readonly maxDecodeSeconds: number;
  readonly maxEncodeSeconds: number;
  readonly maxStoreSeconds: number;
  readonly maxSettleSeconds: number;
  readonly maxRedirects: number;
  readonly maxConnectionsPerOrigin: number;
  readonly maxAttempts: number;
}

export const limitVariables = z.object({
  MAX_QUEUED_IMAGES: wholeNumber(5_000_000, 1, 1_000_000_000).describe(
    'Unfinished images for each tenant, or each address without keys.',
  ),
  MAX_UPLOAD_BYTES: wholeNumber(256 * MIB, 1, 4096 * MIB).describe('Bytes of one upload.'),
  MAX_UPLOADS_IN_FLIGHT: wholeNumber(32, 1, 10_000).describe(
    'Uploads received or stored at the same time. One client may have half of them.',
  ),
  MAX_UPLOAD_BYTES_IN_FLIGHT: wholeNumber(1024 * MIB, 1, 1024 * 1024 * MIB).describe(
    'Bytes of those uploads together. One client may have half of them.',
  ),
  MIN_FREE_DISK_BYTES: wholeNumber(0, 0, Number.MAX_SAFE_INTEGER)
    .removeDefault()
    .optional()
    .describe('Bytes that uploads leave free on the disk of `DATA_DIR`. Empty: 1 GiB, or a tenth of a smaller disk.'),
  MAX_READS_IN_FLIGHT: wholeNumber(64, 1, 10_000).describe(
    'Responses being read at the same time, for pages and for downloads each. One client may have half of them.',
  ),
  MAX_ROWS: wholeNumber(1_000_000, 1, 10_000_000).describe('Product rows of one upload.'),
  MAX_URLS: wholeNumber(1_000_000, 1, 10_000_000).describe('Image URLs of one upload.'),
  // A row is stored in one document, which MongoDB limits to 16 MiB.
  MAX_ROW_BYTES: wholeNumber(MIB, 1, 8 * MIB).describe('Bytes of one row of the CSV.'),
  MAX_COLUMNS: wholeNumber(1_000, 3, 100_000).describe(
    'Columns of the CSV. A row may have 20,000 more cells, for unquoted URLs.',
  ),
  MAX_IMAGE_BYTES: wholeNumber(0, 1, 1024 * MIB)
    .removeDefault()
    .optional()
    .describe('Bytes of one source image. Empty: 50 MiB, less if memory is small.'),
  MAX_IMAGE_PIXELS: wholeNumber(100_000_000, 1, 1_000_000_000).describe(
    'Pixels of one source image, checked before it is decoded.',
  ),
  MAX_PIXELS_IN_FLIGHT: wholeNumber(0, 1, 100_000_000_000)
    .removeDefault()
    .optional()
    .describe(
      'Pixels decoded at the same time, and an eighth more in small images. A larger image runs alone. Empty: 12,500,000 per core, at least 100,000,000.',
    ),
  MAX_DECODE_BYTES_IN_FLIGHT: wholeNumber(0, MIB, Number.MAX_SAFE_INTEGER)
    .removeDefault()
    .optional()
    .describe(
      'Estimated memory of images being compressed. An image that needs more is refused. Empty: by `MEMORY_BYTES`.',
    ),
  MAX_DOWNLOAD_BYTES_IN_FLIGHT: wholeNumber(0, MIB, Number.MAX_SAFE_INTEGER)
    .removeDefault()
    .optional()
    .describe('Bytes of source images in memory at the same time. Empty: by `MEMORY_BYTES`.'),
  MAX_QUEUE_SECONDS: wholeNumber(120, 1, 3600).describe(
    'Seconds that an image in flight may wait for a connection to its server before it is requeued.',
  ),
  MAX_CONNECT_SECONDS: wholeNumber(15, 1, 600).describe(
    'Seconds to resolve a name, connect to an image server and complete the TLS handshake.',
  ),
  MAX_DOWNLOAD_SECONDS: wholeNumber(60, 1, 3600).describe('Seconds for one download, redirects included.'),
  MAX_DECODE_SECONDS: wholeNumber(30, 1, 3600).describe('Seconds to read the header of an image.'),
  MAX_ENCODE_SECONDS: wholeNumber(120, 1, 3600).describe(
    'Seconds to decode and encode the pixels of an image, which is done in one pass.',
  ),
  MAX_STORE_SECONDS: wholeNumber(120, 1, 3600).describe(
    'Seconds to store one image, with the waits for a store that asks for a slower pace.',
  ),
  MAX_SETTLE_SECONDS: wholeNumber(300, 1, 86_400).describe(
    'Seconds that the result of an image is written again while the database fails.',
  ),
  MAX_REDIRECTS: wholeNumber(5, 0, 20).describe('Redirects that one download may follow.'),
  MAX_CONNECTIONS_PER_ORIGIN: wholeNumber(32, 1, 256).describe(
    'Connections to one image server at the same time, at most, from all instances together. Each server gets 6 at first, and more as long as its latency allows.',
  ),
  MAX_ATTEMPTS: wholeNumber(5, 1, 20).describe('Attempts at one image before it fails.'),
});

export const limitsOf = (
  value: z.infer<typeof limitVariables>,
  memory: MemoryDefaults,
  cores: CoreDefaults,
): LimitsConfig => ({
  maxUploadBytes: value.MAX_UPLOAD_BYTES,
  maxUploadsInFlight: value.MAX_UPLOADS_IN_FLIGHT,
  maxUploadBytesInFlight: value.MAX_UPLOAD_BYTES_IN_FLIGHT,
  minFreeDiskBytes: value.MIN_FREE_DISK_BYTES ?? null,
  maxReadsInFlight: value.MAX_READS_IN_FLIGHT,
  maxRows: value.MAX_ROWS,
  maxUrls: value.MAX_URLS,
  maxRowBytes: value.MAX_ROW_BYTES,
  maxColumns: value.MAX_COLUMNS,
  maxQueuedImages: value.MAX_QUEUED_IMAGES,
  maxImageBytes: value.MAX_IMAGE_BYTES ?? memory.maxImageBytes,
  maxDecodeBytesInFlight: value.MAX_DECODE_BYTES_IN_FLIGHT ?? memory.maxDecodeBytesInFlight,
  // At least the largest allowed image, which could otherwise never be downloaded.
  maxDownloadBytesInFlight: Math.max(
    value.MAX_DOWNLOAD_BYTES_IN_FLIGHT ?? memory.maxDownloadBytesInFlight,
    value.MAX_IMAGE_BYTES ?? memory.maxImageBytes,
  ),
  maxPixels: value.MAX_IMAGE_PIXELS,
  maxPixelsInFlight: value.MAX_PIXELS_IN_FLIGHT ?? cores.maxPixelsInFlight,
  maxQueueSeconds: value.MAX_QUEUE_SECONDS,
  maxConnectSeconds: value.MAX_CONNECT_SECONDS,
  maxDownloadSeconds: value.MAX_DOWNLOAD_SECONDS,
  maxDecodeSeconds: value.MAX_DECODE_SECONDS,
  maxEncodeSeconds: value.MAX_ENCODE_SECONDS,
  maxStoreSeconds: value.MAX_STORE_SECONDS,
  maxSettleSeconds: value.MAX_SETTLE_SECONDS,
  maxRedirects: value.MAX_REDIRECTS,
  maxConnectionsPerOrigin: value.MAX_CONNECTIONS_PER_ORIGIN,
  maxAttempts: value.MAX_ATTEMPTS,
});
