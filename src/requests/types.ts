import type { Columns } from '../csv/columns.ts';
import type { OutputMode } from '../csv/output.ts';
import type { FormulaMode } from '../csv/write.ts';
import type { ImageErrorCode } from '../errors.ts';
import type { FurtherOutput, ImageNote } from '../images/task.ts';
import type { MetadataKept, OutputFormat, OutputSpec } from '../output-formats.ts';
import type { StoredCorrection } from './retries/correction.ts';

/**
 * `ingesting`: its images are still being written; only the upload sees it.
 * `cancelling`: what has not started is being stopped, what is in flight may finish.
 * `retrying`: its failed images are being requeued; nothing may complete it meanwhile.
 * `discarding`: its upload failed or died; it never becomes active, and what was stored of it is being removed.
 * `removing`: its retention is over; what belongs to it is being removed, and it is hidden.
 */
export type RequestState =
  | 'ingesting'
  | 'queued'
  | 'processing'
  | 'cancelling'
  | 'retrying'
  | 'discarding'
  | 'removing'
  | 'completed'
  | 'completed_with_errors'
  | 'failed'
  | 'cancelled';

/** The states whose images may be claimed or swept: what the dispatcher looks at. */
export const ACTIVE_STATES = ['queued', 'processing', 'cancelling'] as const satisfies readonly RequestState[];
export const FINAL_STATES = [
  'completed',
  'completed_with_errors',
  'failed',
  'cancelled',
] as const satisfies readonly RequestState[];

/** The states that people see. */
export const PUBLIC_STATES = ['queued', 'processing', ...FINAL_STATES] as const satisfies readonly RequestState[];

/** Requests in these states do not exist for those who ask: not yet whole, or no longer. */
export const HIDDEN_STATES: readonly RequestState[] = ['ingesting', 'discarding', 'removing'];

/** Uploads without a response yet: incomplete, or given up. */
export const UNANSWERED_STATES = ['ingesting', 'discarding'] as const satisfies readonly RequestState[];

export type ImageState = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** The states whose unfinished images count against the quota, those included that are being written. */
export const UNFINISHED_STATES = ['ingesting', 'retrying', ...ACTIVE_STATES] as const satisfies readonly RequestState[];

/** How many images of a request ended how; `bytes*` over the completed ones. */
export interface Counters {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export const NO_COUNTS: Counters = { completed: 0, failed: 0, cancelled: 0, bytesIn: 0, bytesOut: 0 };

/** What the uploader chose for all images of a request; what is absent was not chosen, or not known to its version. */
export interface RequestOptions {
  readonly quality: number;
  readonly format: OutputFormat;
  /** For JPEG. Absent in requests of versions that did not know them: false. */
  readonly mozjpeg?: boolean;
  readonly progressive?: boolean;
  /** Pixels of the upright output. */
  readonly maxWidth?: number;
  readonly maxHeight?: number;
  /** `#rrggbb`. */
  readonly background?: string;
  /** What is kept of the sources' metadata. Absent: none. */
  readonly metadata?: MetadataKept;
  /** If there are several: all of them, the first with the format and quality above. */
  readonly outputs?: readonly OutputSpec[];
}

/** What one row of the CSV came to, over its completed images. */
export interface ProductReport {
  /** Data row, from 1. Versions before did not write it. */
  readonly row?: number;
  readonly serialNumber: string;
  readonly productName: string;
  readonly images: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly savedPercent: number;
}

export interface FailureReport {
  readonly code: ImageErrorCode;
  readonly count: number;
  /** Where the images of these failures were to come from; null where the URL names no host. */
  readonly origins: readonly { readonly origin: string | null; readonly count: number }[];
}

export interface SameBytesReport {
  /** Completed images whose sources have the same bytes. */
  readonly count: number;
  /** Of the source. */
  readonly bytes: number;
  readonly exampleUrls: readonly string[];
}

/** An image that is told apart from the others by how little it saved. */
export interface OutlierReport {
  readonly id: string;
  /** Data row, from 1. */
  readonly row: number;
  readonly productName: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** How many images there are of a kind, and the largest of them. */
export interface OutliersReport {
  readonly count: number;
  readonly images: readonly OutlierReport[];
}

export interface SavingsReport {
  /** Completed images by how many percent they saved, the least first; those that grew are below 0. */
  readonly bands: readonly {
    readonly fromPercent: number | null;
    readonly toPercent: number;
    readonly count: number;
  }[];
  readonly grew: OutliersReport;
  readonly keptOriginal: OutliersReport;
  readonly hardlySaved: OutliersReport;
}

export interface RequestReport {
  /** Those that saved most, the most first. */
  readonly products: readonly ProductReport[];
  /** Rows with images. */
  readonly productCount: number;
  /** The most frequent first. */
  readonly failures: readonly FailureReport[];
  /** The same picture under many URLs, the most frequent first. Versions before did not write it. */
  readonly sameBytes?: readonly SameBytesReport[];
  /** Versions before did not write it. */
  readonly savings?: SavingsReport;
}

/** The uploaded table, as far as its output needs it. Versions before wrote only the first three. */
export interface StoredTable {
  readonly header: readonly string[];
  readonly delimiter: string;
  /** Number of {@link RowChunkRecord}s. */
  readonly chunks: number;
  /** Absent: one image column, whose output column is `Output Image Urls`. */
  readonly columns?: Columns;
  /** Rows above the header row. */
  readonly preamble?: readonly (readonly string[])[];
  /** The file starts with a line such as `sep=;`. */
  readonly separatorLine?: boolean;
  /** The output starts with a byte order mark. */
  readonly bom?: boolean;
  /** Absent: `add`. */
  readonly output?: OutputMode;
  /** Absent: `escape`. */
  readonly formulas?: FormulaMode;
}

/** An image server whose connections are all in use. */
export interface LimitedBy {
  /** As in a URL, with its port; a bucket with its scheme. */
  readonly host: string;
  readonly connections: number;
}

export interface RequestRecord {
  /** UUID, the `requestId`. */
  readonly _id: string;
  /** Layout of this document, its images and its rows (schema-version.ts); absent in version 1. */
  readonly schemaVersion?: number;
  readonly state: RequestState;
  /** 1, and one more with each retry: each run has its own completion event. */
  readonly run: number;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** Renewed while images are written, last when they become due; an old one before that means that the upload died. */
  readonly heartbeatAt: Date;
  readonly options: RequestOptions;
  readonly csv: StoredTable;
  readonly total: number;
  readonly counters: Counters;
  /** How many of its images the upload left out: see `skipped` of an image. They count as failed. Absent: none. */
  readonly skipped?: number;
  /** Images that were finished when this run began; absent in first runs, and in those that earlier versions began. */
  readonly finishedBefore?: number;
  /** `servedAt` is the address of the instance that took the upload, for links where no `PUBLIC_URL` is set. */
  readonly webhook?: { readonly url: string; readonly secret?: string; readonly servedAt?: string };
  /** Whose it is; absent: the default tenant's, as all requests of earlier versions (tenant.ts). */
  readonly tenant?: string;
  /** It was deleted: hidden from people, stopped, then removed with what belongs to it. */
  readonly deleted?: boolean;
  /** For people, one line; absent if the upload had none, and in requests of earlier versions. */
  readonly name?: string;
  /** By which its client finds it; absent: none. */
  readonly label?: string;
  /** What its client attached: a JSON object of texts, as text, since its names are foreign. Absent: nothing. */
  readonly metadata?: string;
  /**
   * Whose quota its unfinished images count against: `tenant <name>`, or `address <address or network>` when the API is open.
   * Gone when it is finished: addresses of clients are not kept any longer than that.
   */
  readonly client?: string;
  /** `_id` of the upload key it was made under, which goes with it. */
  readonly uploadKey?: string;
  /** Set with the final state, removed once the webhook's outbox document is stored. */
  readonly eventPending?: boolean;
  /** Set with the final state: from when on a report is owed. While one is being made, until when; removed once it is stored. */
  readonly reportDue?: Date;
  /**
   * Changes whenever images of it have been given back, or put off until another attempt, since only their own due dates
   * say when: whoever has seen another value asks for these. Absent: never.
   */
  readonly returns?: number;
  /** The image server that most of its images wait for, as the instance saw it that counted last; gone when they do not. */
  readonly limitedBy?: LimitedBy;
  /** While it is being removed: until when by the instance that does. Absent: by one of an earlier version, or by none. */
  readonly removingUntil?: Date;
  /** Of this run; gone when a retry begins another. */
  readonly report?: RequestReport;
  /** Until the images of a retry are requeued, if it is of these alone. */
  readonly corrections?: readonly StoredCorrection[];
}

export interface ImageRecord {
  /** UUID of the image and name of its output. */
  readonly _id: string;
  readonly requestId: string;
  /** Position in the request, from 0, without gaps. */
  readonly seq: number;
  /** Data row of the CSV, from 0, and position in its row, from 0. */
  readonly row: number;
  readonly index: number;
  /** Position of its column among the image columns; absent: 0. */
  readonly column?: number;
  /**
   * Of the row's first image alone, so that one long name with many URLs is stored once. Versions before wrote them into
   * every image.
   */
  readonly serialNumber?: string;
  readonly productName?: string;
  /** As uploaded, unless `corrected` by a retry; one too long to be downloaded is cut. */
  readonly inputUrl: string;
  readonly corrected?: boolean;
  readonly status: ImageState;
  /**
   * Visible at, and lease expires at; absent when the image is finished.
   * A fresh image has the epoch plus `seq` milliseconds: long due, and the queue's order can be read in narrow ranges.
   */
  readonly nextAt?: Date;
  readonly leaseToken?: string;
  /** Claims so far, and how many of them ended with a report; the leases of the rest expired with their process or thread. */
  readonly attempts: number;
  readonly reports: number;
  /** The token under which it was finished: distinguishes a repeated write from a stale one. */
  readonly settledBy?: string;
  /** The run of the request for which it was last requeued, so that it is requeued once per run. */
  readonly run?: number;
  /** Failed before any attempt, and left out of retries: its URL is invalid, and the uploader chose to skip such. */
  readonly skipped?: boolean;
  readonly finishedAt?: Date;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** Checksum of the source. Versions before did not write it. */
  readonly crc32?: number;
  readonly width?: number;
  readonly height?: number;
  readonly notes?: readonly ImageNote[];
  /** The outputs after the first, if the request has several. */
  readonly further?: readonly FurtherOutput[];
  readonly error?: { readonly code: ImageErrorCode; readonly message: string };
}

/** The upload behind an `Idempotency-Key` (upload-keys.ts). */
export interface UploadKeyRecord {
  /** Hash of tenant and key. */
  readonly _id: string;
  readonly schemaVersion?: number;
  /** Of the claim that may write here; a new one with each claim. */
  readonly token: string;
  /** Until then an upload under this key is under way; absent when one is stored. */
  readonly leaseUntil?: Date;
  /** The request made under the key, and the hash of file and fields; absent while the body is still being received. */
  readonly requestId?: string;
  readonly fingerprint?: string;
}

/** A stretch of the uploaded rows as they were read, so that the output CSV can repeat them. */
export interface RowChunkRecord {
  /** `<requestId>:<number of the chunk>` */
  readonly _id: string;
  readonly firstRow: number;
  readonly rows: readonly (readonly string[])[];
}
