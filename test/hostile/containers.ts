/** A RIFF chunk: four letters, a length, data padded to an even length. */
export const riffChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
};

export const webp = (...chunks: readonly Buffer[]): Buffer =>
  riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));

/** The canvas of an extended WebP. */
export const vp8x = (width: number, height: number, flags = 2): Buffer => {
  const data = Buffer.alloc(10);
  data[0] = flags;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return riffChunk('VP8X', data);
};

/** A frame of one pixel with its image chunk, at a position on the canvas. */
export const anmf = (picture: Buffer, x = 0): Buffer => {
  const head = Buffer.alloc(16);
  head.writeUIntLE(x, 0, 3);
  return riffChunk('ANMF', Buffer.concat([head, picture]));
};

export const ANIM = riffChunk('ANIM', Buffer.alloc(6));

/** The image chunk of a plain WebP. */
export const pictureChunk = (plain: Buffer): Buffer => plain.subarray(12);

export const gifHeader = (width: number, height: number): Buffer => {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return head;
};

/** A frame with the given size in its header and the data of one pixel. */
export const gifFrame = (width = 1, height = 1, data = Buffer.from([2, 2, 0x44, 1, 0])): Buffer => {
  const head = Buffer.from([0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16LE(width, 5);
  head.writeUInt16LE(height, 7);
  return Buffer.concat([head, data]);
};

export const GIF_END = Buffer.from(';');

export interface TiffTags {
  readonly [tag: number]: number | readonly number[];
}

/** Tags of a grey image of one pixel whose data is the byte at offset 8. */
const GREY_PIXEL: TiffTags = { 256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 1 };

/** One directory of a little-endian TIFF, at this offset; every value is a LONG. */
export const tiffDirectory = (at: number, tags: TiffTags, next: number): Buffer => {
  const all = Object.entries({ ...GREY_PIXEL, ...tags }).sort(([a], [b]) => Number(a) - Number(b));
  const body = Buffer.alloc(2 + all.length * 12 + 4);
  const extra: Buffer[] = [];
  let extraAt = at + body.length;
  body.writeUInt16LE(all.length);
  for (const [index, [tag, value]] of all.entries()) {
    const values = typeof value === 'number' ? [value] : value;
    const entry = body.subarray(2 + index * 12, 14 + index * 12);
    entry.writeUInt16LE(Number(tag), 0);
    entry.writeUInt16LE(4, 2);
    entry.writeUInt32LE(values.length, 4);
    if (values.length === 1) entry.writeUInt32LE(values[0] ?? 0, 8);
    else {
      const data = Buffer.alloc(values.length * 4);
      for (const [place, one] of values.entries()) data.writeUInt32LE(one, place * 4);
      entry.writeUInt32LE(extraAt, 8);
      extra.push(data);
      extraAt += data.length;
    }
  }
  body.writeUInt32LE(next, body.length - 4);
  return Buffer.concat([body, ...extra]);
};

const FIRST = 16;
const tiffHead = (first = FIRST): Buffer => {
  const head = Buffer.from('II*\0\0\0\0\0\xff\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(first, 4);
  return head;
};

/** A TIFF of one image with the given tags and data; `dataAt` is the offset of the data. */
export const tiff = (tags: TiffTags | ((dataAt: number) => TiffTags) = {}, data: Buffer = Buffer.alloc(0)): Buffer => {
  const made = (dataAt: number) => tiffDirectory(FIRST, typeof tags === 'function' ? tags(dataAt) : tags, 0);
  const directory = made(FIRST + made(0).length);
  return Buffer.concat([tiffHead(), directory, data]);
};

/** A TIFF of `pages` pages of one pixel; with `loop`, the last links to the first. */
export const tiffPages = (pages: number, loop = false): Buffer => {
  const { length } = tiffDirectory(0, {}, 0);
  const last = loop ? FIRST : 0;
  const at = (page: number) => FIRST + page * length;
  const all = Array.from({ length: pages }, (_, page) =>
    tiffDirectory(at(page), {}, page === pages - 1 ? last : at(page + 1)),
  );
  return Buffer.concat([tiffHead(), ...all]);
};

/** A box of an ISO base media file. */
export const box = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
};

/** The AVIF with another size in every `ispe` property, but unchanged image data. */
export const withAvifSize = (avif: Buffer, width: number, height: number): Buffer => {
  const copy = Buffer.from(avif);
  for (let at = copy.indexOf('ispe'); at !== -1; at = copy.indexOf('ispe', at + 4)) {
    copy.writeUInt32BE(width, at + 8);
    copy.writeUInt32BE(height, at + 12);
  }
  return copy;
};
