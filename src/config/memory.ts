import { MIB } from './values.ts';

/** Defaults of the limits that determine memory use, in bytes unless noted. */
export interface MemoryDefaults {
  readonly maxDecodeBytesInFlight: number;
  readonly maxDownloadBytesInFlight: number;
  readonly maxImageBytes: number;
  /** Images in flight per thread, at least; more cores may use more, see cores.ts. */
  readonly tasksPerThread: number;
  readonly databaseCacheBytes: number;
  /** Garbage that the threads together may leave before V8 collects it, buffers included. */
  readonly garbageBytes: number;
}

/** Node.js, the code, three threads and the libraries. */
const PROCESS_BYTES = 160 * MIB;
/** The embedded database without its cache. */
const DATABASE_BYTES = 70 * MIB;
/** The minimum the service supports; with less, the limits are those for this amount. */
const LEAST_BYTES = 384 * MIB;

const between = (least: number, value: number, most: number): number =>
  Math.floor(Math.min(most, Math.max(least, value)));

/**
 * Divides the memory between the process, the database with its cache, uploads and slow readers, and downloads. The rest
 * is for decoding and encoding.
 * @param available bytes that the process and its children may use
 * @param embedded whether an embedded database shares this memory
 */
export const memoryDefaults = (available: number, embedded: boolean): MemoryDefaults => {
  const all = Math.max(available, LEAST_BYTES);
  const databaseCacheBytes = between(24 * MIB, all / 16, 256 * MIB);
  const database = embedded ? DATABASE_BYTES + databaseCacheBytes : 0;
  // Uploads, slow readers, uncollected garbage and buffers of the operating system.
  const others = between(24 * MIB, all / 16, 1024 * MIB);
  const maxDownloadBytesInFlight = between(32 * MIB, all / 16, 1024 * MIB);
  const left = all - PROCESS_BYTES - database - others - maxDownloadBytesInFlight;
  return {
    maxDecodeBytesInFlight: between(48 * MIB, left, Number.MAX_SAFE_INTEGER),
    maxDownloadBytesInFlight,
    // Half, so that one large image does not block all other downloads.
    maxImageBytes: between(16 * MIB, maxDownloadBytesInFlight / 2, 50 * MIB),
    tasksPerThread: all < 1024 * MIB ? 4 : 8,
    databaseCacheBytes,
    garbageBytes: others,
  };
};
