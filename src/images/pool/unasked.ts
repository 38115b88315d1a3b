/** What an image may take without asking the pool: asking costs a message to the main thread and one back. */
export interface Unasked {
  /** Bytes of its source. */
  readonly sourceBytes: number;
  readonly pixels: number;
  /** Bytes for decoding and encoding, by their estimate. */
  readonly decodeBytes: number;
}

/** The part of each bound that images take unasked, in addition to it, if all of them do at the same time. */
const SHARE = 1 / 8;
const SOURCE_BYTES = { least: 256 * 1024, most: 1024 * 1024 };

export interface MemoryBounds {
  readonly maxDownloadBytesInFlight: number;
  readonly maxPixelsInFlight: number;
  readonly maxDecodeBytesInFlight: number;
}

/**
 * @param tasks images in the pool at the same time
 * @param encodes images decoded and encoded at the same time
 */
export const unaskedOf = (bounds: MemoryBounds, tasks: number, encodes: number): Unasked => ({
  sourceBytes: Math.max(
    SOURCE_BYTES.least,
    Math.min(SOURCE_BYTES.most, Math.floor((SHARE * bounds.maxDownloadBytesInFlight) / tasks)),
  ),
  pixels: (SHARE * bounds.maxPixelsInFlight) / encodes,
  decodeBytes: (SHARE * bounds.maxDecodeBytesInFlight) / encodes,
});
