import { AppError } from '../errors.ts';
import { readHeifItems } from './foreign/heif-items.ts';

/** Formats the service can read. */
export type SourceFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff' | 'heic' | 'bmp';

/** The detected type; `text` is any other printable content, `unknown` the rest. */
export type Sniffed =
  | SourceFormat
  | 'svg'
  | 'pdf'
  | 'bitmap-array'
  | 'ico'
  | 'psd'
  | 'jxl'
  | 'jp2'
  | 'postscript'
  | 'exr'
  | 'hdr'
  | 'fits'
  | 'netpbm'
  | 'dds'
  | 'qoi'
  | 'icns'
  | 'jxr'
  | 'pcx'
  | 'sgi'
  | 'tga'
  | 'orf'
  | 'rw2'
  | 'raf'
  | 'x3f'
  | 'mrw'
  | 'cr3'
  | 'mp4'
  | 'zip'
  | 'html'
  | 'xml'
  | 'json'
  | 'text'
  | 'unknown';

const HEAD_BYTES = 1024;
/** Entities and comments of drawing programs may stand before the root element. */
const XML_HEAD_BYTES = 64 * 1024;

const SIGNATURES: readonly (readonly [Sniffed, string])[] = [
  ['jpeg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
  ['pdf', '%PDF-'],
  ['ico', '\0\0\x01\0'],
  ['ico', '\0\0\x02\0'],
  ['psd', '8BPS'],
  ['jxl', '\xff\x0a'],
  ['jxl', '\0\0\0\x0cJXL '],
  ['jp2', '\0\0\0\x0cjP  '],
  ['jp2', '\xff\x4f\xff\x51'],
  ['postscript', '%!PS'],
  // With the preview for DOS.
  ['postscript', '\xc5\xd0\xd3\xc6'],
  ['icns', 'icns\0'],
  ['jxr', 'II\xbc'],
  ['pcx', '\xb1\x68\xde\x3a'],
  // Version, run lengths.
  ['pcx', '\n\x02\x01'],
  ['pcx', '\n\x03\x01'],
  ['pcx', '\n\x05\x01'],
  ['sgi', '\x01\xda\0'],
  ['sgi', '\x01\xda\x01'],
  ['exr', 'v/1\x01'],
  ['hdr', '#?RADIANCE'],
  ['hdr', '#?RGBE'],
  ['fits', 'SIMPLE  ='],
  ['dds', 'DDS |'],
  ['qoi', 'qoif'],
  ['orf', 'IIRO'],
  ['orf', 'IIRS'],
  ['orf', 'MMOR'],
  ['rw2', 'IIU\0'],
  ['raf', 'FUJIFILMCCD-RAW'],
  ['x3f', 'FOVb'],
  ['mrw', '\0MRM'],
  ['zip', 'PK\x03\x04'],
];

const HEIC_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|hevm|hevs)$/;
const VIDEO_BRANDS = /^(isom|iso\d|mp4\d|avc1|M4V |qt {2}|dash|3gp\d)$/;

/** ISO base media file (ISO/IEC 14496-12): the brands in its first box distinguish AVIF, HEIC and video. */
const sniffBrands = (head: string): Sniffed => {
  const size = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE(0);
  const box = head.slice(8, Math.min(Math.max(size, 12), 256));
  const brands = [box.slice(0, 4)];
  for (let at = 8; at + 4 <= box.length; at += 4) brands.push(box.slice(at, at + 4));
  if (brands[0] === 'crx ') return 'cr3';
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  if (brands.some((brand) => HEIC_BRANDS.test(brand)) || brands[0] === 'mif1' || brands[0] === 'msf1') return 'heic';
  return brands.some((brand) => VIDEO_BRANDS.test(brand)) ? 'mp4' : 'unknown';
};

/** Files with the brand of HEIF in general, or with those of both, may hold either codec. */
const sniffCodec = (brand: Sniffed, bytes: Buffer): Sniffed => {
  if (brand !== 'heic' && brand !== 'avif') return brand;
  const codec = readHeifItems(bytes)?.coded[0]?.type;
  if (codec === 'hvc1') return 'heic';
  return codec === 'av01' ? 'avif' : brand;
};

/** What may precede the root element of an XML document. */
const XML_PREAMBLE = [/^\s+/, /^<\?[^>]*>/, /^<!--[\s\S]*?-->/, /^<!DOCTYPE\s(?:[\w.-]+:)?svg(?:[^[>]|\[[^\]]*\])*>/i];

/** Applies the patterns one by one, because a combined repeated pattern cannot be proven to run in linear time. */
const skipXmlPreamble = (text: string): string => {
  let rest = text;
  for (;;) {
    const length = Math.max(...XML_PREAMBLE.map((part) => part.exec(rest)?.[0].length ?? 0));
    if (length === 0) return rest;
    rest = rest.slice(length);
  }
};

/** Without a byte order mark, the zeros of UTF-16 and spaces. */
const plainStart = (text: string): string =>
  text
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart();

/** Detects the kind of text by its start, after a byte order mark, spaces and an XML preamble. */
const sniffText = (head: string, bytes: Buffer): Sniffed => {
  const start = plainStart(head);
  const body = skipXmlPreamble(start.startsWith('<') ? plainStart(bytes.toString('latin1', 0, XML_HEAD_BYTES)) : start);
  if (/^<(?:[\w.-]+:)?svg[\s/>:]/i.test(body)) return 'svg';
  if (/^<(!doctype html|html|head|body|script|title|div|p|h1|center|meta)[\s>]/i.test(body)) return 'html';
  if (start.startsWith('<')) return 'xml';
  if (/^[[{]\s*(["\d[{}\]]|true|false|null)/.test(start)) return 'json';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters distinguish binary from text
  return start !== '' && !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(start) ? 'text' : 'unknown';
};

/** Many texts start with "BM"; a bitmap also has reserved zeros, or at least a header of less than 256 bytes. */
const isBmp = (head: string): boolean =>
  head.startsWith('BM') && (head.slice(6, 10) === '\0\0\0\0' || /^[^\0]\0\0\0$/.test(head.slice(14, 18)));

/** Sound in every field, as a Targa file has no signature: colour map, kind of image, size and depth. */
const isTga = (bytes: Buffer): boolean => {
  if (bytes.length < 18) return false;
  const [map = 0, kind = 0, mapBits = 0, bits = 0, flags = 0] = [1, 2, 7, 16, 17].map((at) => bytes[at]);
  const hasSize = bytes.readUInt16LE(12) > 0 && bytes.readUInt16LE(14) > 0 && flags < 0x40;
  if (!hasSize || ![8, 15, 16, 24, 32].includes(bits)) return false;
  if (map === 0) return [2, 3, 10, 11].includes(kind) && bytes.readUIntLE(3, 5) === 0;
  return map === 1 && [1, 2, 9, 10].includes(kind) && [15, 16, 24, 32].includes(mapBits);
};

/** Detects the type by the first bytes, regardless of the server's Content-Type. */
export const sniff = (bytes: Buffer): Sniffed => {
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  // Before the signatures: one in true colour starts like a cursor.
  if (isTga(bytes)) return 'tga';
  for (const [format, signature] of SIGNATURES) if (head.startsWith(signature)) return format;
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp';
  if (head.slice(4, 8) === 'ftyp') return sniffCodec(sniffBrands(head), bytes);
  // Type, width and height in text: "P6 640 480".
  if (/^P[1-6fF]\s+(?:#[^\n]*\n\s*)*\d+\s+\d+\s/.test(head) || /^P7\s+WIDTH\s/.test(head)) return 'netpbm';
  if (isBmp(head)) return 'bmp';
  // The array's own header has 14 bytes, and a bitmap's comes behind it.
  if (head.startsWith('BA') && head.slice(14, 16) === 'BM') return 'bitmap-array';
  return sniffText(head, bytes);
};

const UNSUPPORTED: Partial<Record<Sniffed, string>> = {
  svg: 'an SVG drawing',
  pdf: 'a PDF document',
  'bitmap-array': 'an array of OS/2 bitmaps',
  ico: 'an icon (ICO)',
  psd: 'a Photoshop document (PSD)',
  jxl: 'a JPEG XL image',
  jp2: 'a JPEG 2000 image',
  postscript: 'a PostScript document',
  exr: 'an OpenEXR image',
  hdr: 'a Radiance HDR image',
  fits: 'a FITS image',
  netpbm: 'a Netpbm image (PPM, PGM, PFM)',
  dds: 'a DirectDraw surface (DDS)',
  qoi: 'a QOI image',
  icns: 'an icon (ICNS)',
  jxr: 'a JPEG XR image',
  pcx: 'a PCX image',
  sgi: 'a Silicon Graphics image (SGI)',
  tga: 'a Targa image (TGA)',
  orf: "a camera's raw file (Olympus, ORF)",
  rw2: "a camera's raw file (Panasonic, RW2)",
  raf: "a camera's raw file (Fujifilm, RAF)",
  x3f: "a camera's raw file (Sigma, X3F)",
  mrw: "a camera's raw file (Minolta, MRW)",
  cr3: "a camera's raw file (Canon, CR3)",
};

const NOT_AN_IMAGE: Partial<Record<Sniffed, string>> = {
  mp4: 'a video',
  zip: 'a ZIP archive or an office document',
  html: 'a web page',
  xml: 'an XML document',
  json: 'JSON data',
  text: 'plain text',
};

const READABLE: readonly Sniffed[] = [
  'jpeg',
  'png',
  'webp',
  'gif',
  'avif',
  'tiff',
  'heic',
  'bmp',
] satisfies SourceFormat[];
const isReadable = (format: Sniffed): format is SourceFormat => READABLE.includes(format);

/**
 * Detects the format of the bytes.
 * @param contentType the server's Content-Type, used only in the message
 * @throws AppError `unsupported_image_format` or `not_an_image`, with the detected type in the message
 */
export const requireReadable = (bytes: Buffer, contentType?: string): SourceFormat => {
  const format = sniff(bytes);
  if (isReadable(format)) return format;
  const unsupported = UNSUPPORTED[format];
  if (unsupported) {
    throw new AppError(
      'unsupported_image_format',
      `The URL returned ${unsupported}, which is not supported. Use JPEG, PNG, WebP, GIF, AVIF, TIFF, HEIC or BMP.`,
    );
  }
  const claimed = contentType?.startsWith('image/') ? ', although the server declares it as an image' : '';
  throw new AppError(
    'not_an_image',
    `The URL returned ${NOT_AN_IMAGE[format] ?? 'data of an unknown type'} instead of an image${claimed}.`,
  );
};
