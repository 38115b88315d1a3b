/** Four letters and a size before the data (RFC 9649, 2.3). */
const CHUNK_HEAD = 8;
const RIFF_HEAD = 12;
const VP8X_BYTES = 10;

/** Flags of VP8X (RFC 9649, 2.7.1.1). */
const ICC = 0x20;
const ALPHA = 0x10;
const ANIMATION = 0x02;

/** The chunks of a still picture in their order; a profile is judged by the caller. */
const ORDER = ['VP8X', 'ICCP', 'ALPH', 'VP8 ', 'VP8L'];

/**
 * Removes all chunks from a WebP that define neither pixels nor colours: EXIF, XMP, unknown ones, and data after the end.
 * @returns null if the chunks are incomplete or out of order, or if the WebP is animated
 */
export const stripWebpMetadata = (bytes: Buffer): Buffer | null => {
  if (bytes.length < RIFF_HEAD || bytes.toString('latin1', 0, 4) !== 'RIFF') return null;
  if (bytes.toString('latin1', 8, 12) !== 'WEBP') return null;
  const riffEnd = CHUNK_HEAD + bytes.readUInt32LE(4);
  if (riffEnd > bytes.length) return null;
  const kept = new Map<string, Buffer>();
  let order = -1;
  for (let at = RIFF_HEAD; at < riffEnd; ) {
    if (at + CHUNK_HEAD > riffEnd) return null;
    const type = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK_HEAD + size + (size & 1);
    if (end > riffEnd) return null;
    if (type === 'ANIM' || type === 'ANMF') return null;
    const place = ORDER.indexOf(type);
    if (place !== -1) {
      // The picture ends the list; a chunk that comes twice or too late is read differently by different decoders.
      if (place <= order || kept.has('VP8 ') || kept.has('VP8L')) return null;
      order = place;
      kept.set(type, bytes.subarray(at, end));
    }
    at = end;
  }
  if (kept.has('VP8 ') === kept.has('VP8L')) return null;
  const extended = kept.get('VP8X');
  if (extended === undefined && kept.size > 1) return null;
  if (extended !== undefined) {
    const flags = extended[CHUNK_HEAD] ?? 0;
    if (extended.length !== CHUNK_HEAD + VP8X_BYTES || (flags & ANIMATION) !== 0) return null;
    const plain = Buffer.from(extended);
    plain[CHUNK_HEAD] = flags & (kept.has('ICCP') ? ICC | ALPHA : ALPHA);
    kept.set('VP8X', plain);
  }
  return riff([...kept.values()]);
};

const riff = (chunks: readonly Buffer[]): Buffer => {
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  const all = Buffer.concat([head, ...chunks]);
  all.writeUInt32LE(all.length - CHUNK_HEAD, 4);
  return all;
};
