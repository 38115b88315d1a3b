import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipEntry {
  /** Path within the archive, already sanitized: see archive-names.ts. */
  readonly name: string;
  readonly modified: Date;
  /** Compresses the entry; at most 4 GiB, as Excel refuses streamed entries in the form for larger ones. */
  readonly deflate?: boolean;
  /** Called when the entry is written; null omits it. */
  open(): Promise<AsyncIterable<Uint8Array> | null>;
}

/** Entries up to this size are buffered, so that their header can contain size and checksum. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;
const LIMIT_16 = 0xffff;
const LIMIT_32 = 0xffffffff;
const UTF8_NAME = 0x0800;
const SIZES_FOLLOW = 0x0008;
const STORED = 0;
const DEFLATED = 8;
const RECORDS_PER_BLOCK = 500;

interface Written {
  readonly name: Buffer;
  readonly time: number;
  readonly flags: number;
  readonly offset: number;
  /** Of the data as it is in the archive. */
  readonly size: number;
  /** Of the data as it was. */
  readonly fullSize: number;
  readonly checksum: number;
  readonly deflated: boolean;
}

/**
 * Streams a ZIP archive (APPNOTE 6.3). Entries are stored unless they ask for `deflate`, as images do not compress
 * further. Beyond 65,534 entries or 4 GiB it uses zip64. Memory: the first 4 MiB of one entry, and the directory with about 50 bytes plus the
 * name per entry.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory = createDirectory();
  let position = 0;
  for await (const entry of entries) {
    const source = await entry.open();
    if (source === null) continue;
    const name = Buffer.from(entry.name);
    const time = dosTime(entry.modified);
    const head: Uint8Array[] = [];
    const offset = position;
    const full = { size: 0, checksum: 0 };
    const deflated = entry.deflate === true;
    let size = 0;
    let streamed = false;
    for await (const chunk of deflated ? compressed(measured(source, full)) : measured(source, full)) {
      size += chunk.length;
      if (!streamed && size <= READ_AHEAD_BYTES) {
        head.push(chunk);
        continue;
      }
      if (!streamed) {
        streamed = true;
        const unknown = { size: 0, fullSize: 0, checksum: 0 };
        const header = localHeader({ name, time, flags: UTF8_NAME | SIZES_FOLLOW, offset, deflated, ...unknown }, true);
        position += header.length;
        yield header;
        yield* buffers(head.splice(0));
      }
      yield asBuffer(chunk);
    }
    const flags = streamed ? UTF8_NAME | SIZES_FOLLOW : UTF8_NAME;
    const { size: fullSize, checksum } = full;
    if (deflated && fullSize >= LIMIT_32) throw new Error(`${entry.name} is too large to be compressed`);
    const written: Written = { name, time, flags, offset, size, fullSize, checksum, deflated };
    if (streamed) {
      const sizes = descriptor(written);
      position += sizes.length;
      yield sizes;
    } else {
      const header = localHeader(written, false);
      position += header.length;
      yield header;
      yield* buffers(head);
    }
    position += size;
    directory.add(centralHeader(written));
  }
  yield* directory.blocks();
  yield endOfDirectory(directory.count(), directory.bytes(), position);
}

async function* measured(
  source: AsyncIterable<Uint8Array>,
  full: { size: number; checksum: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    full.checksum = crc32(chunk, full.checksum);
    full.size += chunk.length;
    yield chunk;
  }
}

/** Errors of the source arrive at the reader, who ends the source by ending early. */
const compressed = (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(source), createDeflateRaw(), () => {});

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function* buffers(chunks: readonly Uint8Array[]): Generator<Buffer> {
  for (const chunk of chunks) yield asBuffer(chunk);
}

/** Keeps the records in blocks: a million small buffers would need several times their size. */
const createDirectory = () => {
  const full: Buffer[] = [];
  let open: Buffer[] = [];
  let count = 0;
  let bytes = 0;
  return {
    add: (record: Buffer): void => {
      open.push(record);
      count += 1;
      bytes += record.length;
      if (open.length < RECORDS_PER_BLOCK) return;
      full.push(Buffer.concat(open));
      open = [];
    },
    count: () => count,
    bytes: () => bytes,
    blocks: () => [...full, Buffer.concat(open)].filter((block) => block.length > 0),
  };
};

/** MS-DOS date and time in UTC; the format covers the years 1980 to 2107. */
const dosTime = (date: Date): number => {
  const year = Math.min(Math.max(date.getUTCFullYear(), 1980), 2107) - 1980;
  const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const seconds = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | seconds) >>> 0;
};

/** Little-endian numbers, each with its width in bytes. */
const fields = (...values: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer => {
  const buffer = Buffer.allocUnsafe(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
};

/** @param open the sizes are not known yet: they follow the data, 8 bytes wide unless it is compressed */
const localHeader = (written: Written, open: boolean): Buffer => {
  const { name, time, flags, size, fullSize, checksum, deflated } = written;
  const wide = open && !deflated;
  const extra = wide ? fields([2, 1], [2, 16], [8, 0], [8, 0]) : Buffer.alloc(0);
  return Buffer.concat([
    fields([4, 0x04034b50], [2, wide ? 45 : 20], [2, flags], [2, methodOf(written)], [4, time]),
    fields([4, checksum], [4, wide ? LIMIT_32 : size], [4, wide ? LIMIT_32 : fullSize]),
    fields([2, name.length], [2, extra.length]),
    name,
    extra,
  ]);
};

const methodOf = ({ deflated }: Written): number => (deflated ? DEFLATED : STORED);

const descriptor = ({ size, fullSize, checksum, deflated }: Written): Buffer => {
  const bytes = deflated ? 4 : 8;
  return fields([4, 0x08074b50], [4, checksum], [bytes, size], [bytes, fullSize]);
};

const centralHeader = (written: Written): Buffer => {
  const { name, time, flags, offset, size, fullSize, checksum, deflated } = written;
  const wide: number[] = [];
  if (size >= LIMIT_32) wide.push(fullSize, size);
  if (offset >= LIMIT_32) wide.push(offset);
  const extra =
    wide.length === 0
      ? Buffer.alloc(0)
      : fields([2, 1], [2, 8 * wide.length], ...wide.map((value) => [8, value] as const));
  const needed = extra.length > 0 || (!deflated && (flags & SIZES_FOLLOW) !== 0) ? 45 : 20;
  return Buffer.concat([
    // Made by: Unix, so that the file mode (0644, a plain file) holds.
    fields([4, 0x02014b50], [2, (3 << 8) | 45], [2, needed], [2, flags], [2, methodOf(written)], [4, time]),
    fields([4, checksum], [4, Math.min(size, LIMIT_32)], [4, Math.min(fullSize, LIMIT_32)]),
    fields([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0]),
    fields([2, 0], [2, 0o100644], [4, Math.min(offset, LIMIT_32)]),
    name,
    extra,
  ]);
};

const endOfDirectory = (count: number, bytes: number, start: number): Buffer => {
  const wide = count >= LIMIT_16 || bytes >= LIMIT_32 || start >= LIMIT_32;
  const zip64 = wide
    ? Buffer.concat([
        fields([4, 0x06064b50], [8, 44], [2, (3 << 8) | 45], [2, 45], [4, 0], [4, 0]),
        fields([8, count], [8, count], [8, bytes], [8, start]),
        fields([4, 0x07064b50], [4, 0], [8, start + bytes], [4, 1]),
      ])
    : Buffer.alloc(0);
  const shownCount = Math.min(count, LIMIT_16);
  return Buffer.concat([
    zip64,
    fields([4, 0x06054b50], [2, 0], [2, 0], [2, shownCount], [2, shownCount]),
    fields([4, Math.min(bytes, LIMIT_32)], [4, Math.min(start, LIMIT_32)], [2, 0]),
  ]);
};
