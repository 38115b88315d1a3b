import type { LookupAddress } from 'node:dns';
import type { ImageErrorCode } from '../errors.ts';
import type { MetadataKept, OutputFormat, OutputSpec } from '../output-formats.ts';
import type { SizeLimits } from './size.ts';

/** Sent by the pool to a worker thread; plain data, structured-cloned. */
export interface ImageTask extends SizeLimits {
  /** UUID of the image, used as the output name. */
  readonly id: string;
  readonly url: string;
  /** Encoder quality, 1 to 100. */
  readonly quality: number;
  readonly format: OutputFormat;
  /** JPEG only: smaller, progressive files that take several times as long to encode. Default: false. */
  readonly mozjpeg?: boolean;
  /** JPEG only: a coarse image is shown first while loading. Default: false. */
  readonly progressive?: boolean;
  /** Behind transparent sources in formats without transparency, as `#rrggbb`. Default: white. */
  readonly background?: string;
  /** Default: none. */
  readonly metadata?: MetadataKept;
  /** Two or more outputs of one picture; the first has `format` and `quality`. */
  readonly outputs?: readonly OutputSpec[];
  /** The first output is returned instead of stored; without its bytes if it has more than this. */
  readonly returnUpTo?: number;
  /** The sample photo the URL refers to; read from this service's own folder instead of downloaded. */
  readonly sample?: string;
  /** The URL's host with its resolved addresses, so that the thread does not look it up again. */
  readonly host?: { readonly name: string; readonly addresses: readonly LookupAddress[] };
}

/** Notes on an image that succeeded. */
export type ImageNote =
  /** the source has the output's format and was smaller than the result, so it was stored without re-encoding */
  | 'kept_original'
  /** only the first frame of the animated source was kept */
  | 'first_frame_only'
  /** it was made smaller to fit `maxWidth` and `maxHeight` */
  | 'resized'
  /** the colours were converted to sRGB from another profile, embedded or signalled */
  | 'profile_converted'
  /** the file says that the colours are not sRGB, but not which; they were taken as sRGB */
  | 'uncalibrated_colours'
  /** the file starts with a thumbnail, so the picture in full size behind it was read */
  | 'thumbnail_skipped'
  /** channels that are neither colours nor transparency (spot colours, saved selections) were dropped */
  | 'extra_channels_dropped'
  /** the URL was a share link of a cloud storage, so its download address was fetched instead */
  | 'share_link';

/** An output after the first. */
export interface FurtherOutput {
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** The worker's reply; errors are data, because an Error posted across threads loses its class and code. */
export type ImageResult =
  | {
      readonly ok: true;
      readonly bytesIn: number;
      readonly bytesOut: number;
      /** Checksum of the source; with `bytesIn` it tells which sources are the same. */
      readonly crc32: number;
      /** Pixels of the output. */
      readonly width: number;
      readonly height: number;
      /** On the first output. */
      readonly notes: readonly ImageNote[];
      /** In order; absent if there is one output. */
      readonly further?: readonly FurtherOutput[];
      /** Of a task with `returnUpTo`. */
      readonly output?: Uint8Array;
      /** Milliseconds spent in each step. */
      readonly timings: { readonly download: number; readonly encode: number; readonly store: number };
    }
  | {
      readonly ok: false;
      readonly code: ImageErrorCode;
      /** Human-readable; contains no credentials and no query string. */
      readonly message: string;
      readonly retryable: boolean;
      /** The server's Retry-After (RFC 9110, 10.2.3), in milliseconds. */
      readonly retryAfterMs?: number;
    };

/** Limits of one image; positive integers. */
export interface ImageLimits {
  /** Bytes of the source after transfer decoding. */
  readonly maxImageBytes: number;
  /** Width × height × frames read, checked before decoding. */
  readonly maxPixels: number;
  /** Maximum estimated memory for decoding and encoding, see `estimateBytes`; unlimited if absent. */
  readonly maxDecodeBytesInFlight?: number;
  /** Whole seconds from the first connection to the last byte, including redirects. */
  readonly maxDownloadSeconds: number;
  /** Seconds for the lookup, the connection and the TLS handshake; left to `maxDownloadSeconds` if absent. */
  readonly maxConnectSeconds?: number;
  /** Seconds to read the header, by default 30. */
  readonly maxDecodeSeconds?: number;
  /** Seconds to decode and encode the pixels, which libvips does in one pass, by default 120. */
  readonly maxEncodeSeconds?: number;
  /** Seconds to store the output, by default 60. */
  readonly maxStoreSeconds?: number;
  readonly maxRedirects: number;
  /** Connections to one origin (scheme, host and port) across all threads. */
  readonly maxConnectionsPerOrigin: number;
}

export const DEFAULT_STAGE_SECONDS = { maxDecodeSeconds: 30, maxEncodeSeconds: 120, maxStoreSeconds: 120 } as const;

export interface RunOptions {
  /**
   * Called when the source is downloaded; not called if there is nothing to decode.
   * @param roundTripMs from the request to the header of its response, without connecting; undefined: not measured
   */
  readonly onDownloaded?: (roundTripMs?: number) => void;
  /** Aborted when the result is no longer wanted. */
  readonly signal?: AbortSignal;
}

/** What the images in the threads wait for at the moment. */
export interface PoolLoad {
  /** Images whose bytes, or pixels to be decoded, do not fit into the memory budgets now. */
  readonly awaitingMemory: number;
  /** Images that wait for a turn to encode. */
  readonly awaitingEncode: number;
  readonly encoding: number;
  readonly storing: number;
  /** How busy the event loops of the threads were since the last call, 0 to 1. */
  readonly threadUtilization: number;
}

/** The pool as the dispatcher sees it. */
export interface ImagePool {
  /** Images processed concurrently: threads × tasks per thread. */
  readonly capacity: number;
  /** Maximum images in the pool, including those that wait for slow servers. */
  readonly most: number;
  /** Images accepted by the pool but not started by a thread. */
  queued(): number;
  load(): PoolLoad;
  /** Never rejects: a crashed or hung worker resolves to `worker_crashed`. */
  run(task: ImageTask, options?: RunOptions): Promise<ImageResult>;
  /** Waits for tasks in flight for up to `graceMs` (default: as long as a task may take), then terminates the threads. */
  close(graceMs?: number): Promise<void>;
}
