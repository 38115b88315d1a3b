import { deflateSync } from 'node:zlib';

/** One directory of a TIFF; `pixel` gives the samples from 0 to 1 at a position. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly pixel: (x: number, y: number) => readonly number[];
  /** By default 2, RGB. */
  readonly photometric?: number;
  /** By default 8. */
  readonly bits?: number;
  readonly extraSamples?: readonly number[];
  /** A plane per sample instead of pixels side by side. */
  readonly planar?: boolean;
  /** Side of square tiles; strips of `rows` rows otherwise. */
  readonly tile?: number;
  readonly rows?: number;
  /** 8 is Deflate; any other stores the samples as they are. */
  readonly compression?: number;
  /** Further tags; a string is stored as ASCII, a number as LONG, null leaves the tag out. */
  readonly tags?: Readonly<Record<number, number | readonly number[] | string | Buffer | null>>;
  readonly subs?: readonly TiffPage[];
  /** Changes what is stored as the offsets and byte counts of strips or tiles. */
  readonly chunks?: (offsets: number[], counts: number[]) => void;
}

export interface TiffShape {
  readonly bigEndian?: boolean;
  readonly bigTiff?: boolean;
}

const SHORT_TAGS = new Set([258, 259, 262, 274, 277, 284, 338, 339, 530]);

/** A TIFF or BigTIFF of any byte order, depth, layout and number of directories, for tests. */
export const makeTiff = (
  pages: readonly TiffPage[],
  { bigEndian = false, bigTiff = false }: TiffShape = {},
): Buffer => {
  const word = bigTiff ? 8 : 4;
  const parts: Buffer[] = [];
  let length = 0;
  const number = (value: number, bytes: number): Buffer => {
    const out = Buffer.alloc(bytes);
    if (bytes === 8) out[bigEndian ? 'writeBigUInt64BE' : 'writeBigUInt64LE'](BigInt(value));
    else out[bigEndian ? 'writeUIntBE' : 'writeUIntLE'](value, 0, bytes);
    return out;
  };
  const put = (bytes: Buffer): number => {
    // Offsets of a TIFF are even.
    const padding = Buffer.alloc(length % 2);
    const at = length + padding.length;
    parts.push(padding, bytes);
    length = at + bytes.length;
    return at;
  };
  const ascii = bigEndian ? 'MM' : 'II';
  put(Buffer.concat([Buffer.from(ascii), ...(bigTiff ? [43, 8, 0] : [42]).map((value) => number(value, 2))]));
  const first = Buffer.alloc(word);
  put(first);

  /** Links are filled in when the next directory's place is known. */
  const links = (all: readonly TiffPage[], start: Buffer): void => {
    let link = start;
    for (const page of all) {
      const { at, next } = putPage(page);
      number(at, word).copy(link);
      link = next;
    }
  };

  const encodeRect = (page: TiffPage, x0: number, y0: number, w: number, h: number, plane: number | null): Buffer => {
    const bytes = (page.bits ?? 8) / 8;
    const out: number[] = [];
    for (let y = y0; y < y0 + h; y++) {
      for (let x = x0; x < x0 + w; x++) {
        const samples = page.pixel(Math.min(x, page.width - 1), Math.min(y, page.height - 1));
        for (const sample of plane === null ? samples : [samples[plane] ?? 0]) {
          out.push(...number(Math.round(sample * (2 ** (8 * bytes) - 1)), bytes));
        }
      }
    }
    return page.compression === 8 ? deflateSync(Buffer.from(out)) : Buffer.from(out);
  };

  const putPage = (page: TiffPage): { readonly at: number; readonly next: Buffer } => {
    const { width, height, tile, rows = height } = page;
    const samples = page.pixel(0, 0).length;
    const offsets: number[] = [];
    const counts: number[] = [];
    for (const plane of page.planar ? Array.from({ length: samples }, (_, index) => index) : [null]) {
      for (let y = 0; y < height; y += tile ?? rows) {
        for (let x = 0; x < width; x += tile ?? width) {
          const chunk = encodeRect(page, x, y, tile ?? width, tile ?? Math.min(rows, height - y), plane);
          offsets.push(put(chunk));
          counts.push(chunk.length);
        }
      }
    }
    page.chunks?.(offsets, counts);
    const subs = (page.subs ?? []).map((sub) => putPage(sub).at);
    const tags: Record<number, number | readonly number[] | string | Buffer | null> = {
      256: width,
      257: height,
      258: Array<number>(samples).fill(page.bits ?? 8),
      259: page.compression ?? 1,
      262: page.photometric ?? 2,
      277: samples,
      284: page.planar ? 2 : 1,
      ...(tile ? { 322: tile, 323: tile, 324: offsets, 325: counts } : { 273: offsets, 278: rows, 279: counts }),
      ...(page.extraSamples && { 338: page.extraSamples }),
      ...(subs.length > 0 && { 330: subs }),
      ...page.tags,
    };
    const entries = Object.entries(tags)
      .filter((entry): entry is [string, number | readonly number[] | string | Buffer] => entry[1] !== null)
      .map(([tag, value]) => {
        const text = typeof value === 'string' || Buffer.isBuffer(value);
        const size = text ? 1 : SHORT_TAGS.has(Number(tag)) ? 2 : 4;
        const bytes = Buffer.isBuffer(value)
          ? value
          : typeof value === 'string'
            ? Buffer.from(`${value}\0`, 'latin1')
            : Buffer.concat([value].flat().map((one) => number(one, size)));
        const type = Buffer.isBuffer(value) ? 7 : text ? 2 : size === 2 ? 3 : 4;
        const inline = bytes.length <= word ? Buffer.concat([bytes], word) : number(put(bytes), word);
        return Buffer.concat([number(Number(tag), 2), number(type, 2), number(bytes.length / size, word), inline]);
      });
    const next = Buffer.alloc(word);
    const at = put(Buffer.concat([number(entries.length, bigTiff ? 8 : 2), ...entries]));
    parts.push(next);
    length += word;
    return { at, next };
  };

  links(pages, first);
  return Buffer.concat(parts);
};
