import { MIB } from './values.ts';

/** Defaults of the limits that decide how much memory the service takes, in bytes unless said. */
export interface MemoryDefaults {
  readonly maxDecodeBytesInFlight: number;
  readonly maxDownloadBytesInFlight: number;
  readonly maxImageBytes: number;
  /** Images in each thread. */
  readonly tasksPerThread: number;
  readonly databaseCacheBytes: number;
}

/** Node.js, the code, three threads and the libraries. */
const PROCESS_BYTES = 160 * MIB;
/** The embedded database beside its cache. */
const DATABASE_BYTES = 70 * MIB;
/** For no more memory than this the service is not made; the limits then are those of this much. */
const LEAST_BYTES = 384 * MIB;

const between = (least: number, value: number, most: number): number =>
  Math.floor(Math.min(most, Math.max(least, value)));

/**
 * Divides the memory: the process, the database with its cache, uploads and readers, downloads, and what is left for
 * decoding and encoding.
 * @param available bytes that the process and its children may use
 * @param embedded whether a database runs beside it within the same memory
 */
export const memoryDefaults = (available: number, embedded: boolean): MemoryDefaults => {
  const all = Math.max(available, LEAST_BYTES);
  const databaseCacheBytes = between(24 * MIB, all / 16, 256 * MIB);
  const database = embedded ? DATABASE_BYTES + databaseCacheBytes : 0;
  // Uploads, slow readers, JavaScript's garbage and the system's own buffers.
  const others = between(24 * MIB, all / 16, 1024 * MIB);
  const maxDownloadBytesInFlight = between(32 * MIB, all / 16, 1024 * MIB);
  const left = all - PROCESS_BYTES - database - others - maxDownloadBytesInFlight;
  return {
    maxDecodeBytesInFlight: between(48 * MIB, left, Number.MAX_SAFE_INTEGER),
    maxDownloadBytesInFlight,
    // Half of them, so that one large source does not stop all others.
    maxImageBytes: between(16 * MIB, maxDownloadBytesInFlight / 2, 50 * MIB),
    tasksPerThread: all < 1024 * MIB ? 4 : 8,
    databaseCacheBytes,
  };
};
