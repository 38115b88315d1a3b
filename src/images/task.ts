import type { LookupAddress } from 'node:dns';
import type { ImageErrorCode } from '../errors.ts';

/** What the pool sends to a worker thread; plain data, structured-cloned. */
export interface ImageTask {
  /** UUID of the image: the name of its output. */
  readonly id: string;
  readonly url: string;
  /** Encoder quality, 1 to 100. */
  readonly quality: number;
  readonly format: 'jpeg' | 'webp' | 'avif' | 'png';
  /** JPEG only: smaller files for several times the time; its files are progressive too. Absent: false. */
  readonly mozjpeg?: boolean;
  /** JPEG only: shown coarsely first. Absent: false. */
  readonly progressive?: boolean;
  /** The sample photo that the URL stands for; read from this service's own folder, not fetched. */
  readonly sample?: string;
  /** The host of the URL with its addresses, so that the thread need not look it up again. */
  readonly host?: { readonly name: string; readonly addresses: readonly LookupAddress[] };
}

/** Things worth telling about an image that succeeded. */
export type ImageNote =
  /** the source was the smaller JPEG, so it was stored as it came (without re-encoding) */
  | 'kept_original'
  /** the source was animated and only its first frame was kept */
  | 'first_frame_only';

/** What comes back; errors are data, because an Error posted across threads loses its class and code. */
export type ImageResult =
  | {
      readonly ok: true;
      readonly bytesIn: number;
      readonly bytesOut: number;
      /** Pixels of the output. */
      readonly width: number;
      readonly height: number;
      readonly notes: readonly ImageNote[];
      /** Milliseconds spent in each step. */
      readonly timings: { readonly download: number; readonly encode: number; readonly store: number };
    }
  | {
      readonly ok: false;
      readonly code: ImageErrorCode;
      /** For people; holds no credentials and no query string. */
      readonly message: string;
      readonly retryable: boolean;
      /** The server's Retry-After (RFC 9110, 10.2.3), in milliseconds. */
      readonly retryAfterMs?: number;
    };

/** Bounds of one image, all of them positive integers. */
export interface ImageLimits {
  /** Bytes of the source after transfer decoding. */
  readonly maxImageBytes: number;
  /** Width × height × frames read, checked before decoding. */
  readonly maxPixels: number;
  /** Bytes that decoding and encoding may take by its estimate, see `estimateBytes`; left out: no bound. */
  readonly maxDecodeBytesInFlight?: number;
  /** Whole seconds from the first connection to the last byte, redirects included. */
  readonly maxDownloadSeconds: number;
  readonly maxRedirects: number;
  /** Connections to one origin (scheme, host and port) over all threads. */
  readonly maxConnectionsPerOrigin: number;
}

/** Seconds that one image may take to decode and encode before it is given up. */
export const MAX_ENCODE_SECONDS = 120;

/** The pool as the dispatcher sees it. */
export interface ImagePool {
  /** Images that make use of the threads at the same time: threads × tasks in each. */
  readonly capacity: number;
  /** Images that may be in the pool when some of them only wait for slow servers. */
  readonly most: number;
  /** Images that it has taken and no thread has begun. */
  queued(): number;
  /**
   * Never rejects: a crashed or hung worker resolves to `worker_crashed`.
   * @param arrived called when the source is downloaded; not where there is nothing to decode
   */
  run(task: ImageTask, arrived?: () => void): Promise<ImageResult>;
  /** Waits for what is in work, at most `graceMs` (by default as long as a task may take), then ends the threads. */
  close(graceMs?: number): Promise<void>;
}
