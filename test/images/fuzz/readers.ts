import type { Metadata } from 'sharp';
import { estimateBytes } from '../../../src/images/cost.ts';
import { checkBmp, decodeBmp } from '../../../src/images/foreign/bmp/bmp.ts';
import { readForeignHeader } from '../../../src/images/foreign/foreign.ts';
import { readHeifItems } from '../../../src/images/foreign/heif-items.ts';
import { countFrames } from '../../../src/images/frames.ts';
import { readExifColours } from '../../../src/images/inspect/exif.ts';
import { readHeifColours } from '../../../src/images/inspect/isobmff.ts';
import { withJpegProfile } from '../../../src/images/inspect/jpeg.ts';
import { pictureOf, planDecode } from '../../../src/images/inspect/plan.ts';
import { withPngProfile } from '../../../src/images/inspect/png.ts';
import { readProfile } from '../../../src/images/inspect/read-profile.ts';
import { adobeRgb } from '../../../src/images/inspect/signalled.ts';
import { chunksOf } from '../../../src/images/inspect/tiff/tiff-chunks.ts';
import { tiffAsStrips } from '../../../src/images/parts/tiff-as-strips.ts';
import { attachXmp } from '../../../src/images/rights/attach.ts';
import { readExifRights } from '../../../src/images/rights/read-exif.ts';
import { readIimRights } from '../../../src/images/rights/read-iim.ts';
import { readXmpRights } from '../../../src/images/rights/read-xmp.ts';
import { rightsPacket } from '../../../src/images/rights/rights.ts';
import type { SourceFormat } from '../../../src/images/sniff.ts';
import { stripAvifMetadata } from '../../../src/images/strip/avif.ts';
import { stripJpegMetadata } from '../../../src/images/strip/jpeg.ts';
import { stripPngMetadata } from '../../../src/images/strip/png.ts';
import { stripWebpMetadata } from '../../../src/images/strip/webp.ts';

type Reader = (bytes: Buffer) => unknown;

const SIZE = { width: 64, height: 48 };
const MAX_PIXELS = 1_000_000;
const FRAMES = 10_000;
const OUTPUT = { format: 'jpeg', quality: 50 } as const;
const header = { ...SIZE, autoOrient: SIZE, channels: 3, depth: 'uchar', hasAlpha: false, space: 'srgb' } as Metadata;

const everywhere = (source: SourceFormat): readonly Reader[] => [
  (bytes) => pictureOf(bytes, source),
  (bytes) => planDecode(bytes, source, header),
  (bytes) => countFrames(bytes, source, FRAMES),
  (bytes) => estimateBytes(bytes, header, source, [OUTPUT]),
];

const strips: Reader = (bytes) => {
  const { stored } = pictureOf(bytes, 'tiff');
  const chunks = stored ? chunksOf(stored.directory) : null;
  return stored && chunks && tiffAsStrips(bytes, stored, chunks);
};

const heifRights: Reader = (bytes) => rightsPacket(bytes, 'heic', header);

/** What reads the structure of a file of a format, before or after the decoder. */
export const FILE_READERS: Readonly<Record<Exclude<SourceFormat, 'gif'>, readonly Reader[]>> = {
  jpeg: [
    ...everywhere('jpeg'),
    stripJpegMetadata,
    (bytes) => withJpegProfile(bytes, adobeRgb()),
    (bytes) => attachXmp(bytes, '<x/>', 'jpeg', SIZE),
  ],
  png: [
    ...everywhere('png'),
    stripPngMetadata,
    (bytes) => withPngProfile(bytes, adobeRgb()),
    (bytes) => attachXmp(bytes, '<x/>', 'png', SIZE),
  ],
  webp: [...everywhere('webp'), stripWebpMetadata, (bytes) => attachXmp(bytes, '<x/>', 'webp', SIZE)],
  avif: [...everywhere('avif'), readHeifColours, stripAvifMetadata, (bytes) => attachXmp(bytes, '<x/>', 'avif', SIZE)],
  tiff: [...everywhere('tiff'), strips],
  heic: [...everywhere('heic'), readHeifItems, heifRights, (bytes) => readForeignHeader(bytes, 'heic', MAX_PIXELS)],
  bmp: [...everywhere('bmp'), (bytes) => decodeBmp(bytes, checkBmp(bytes, MAX_PIXELS))],
};

/** What reads the blocks of metadata that a decoder gives. */
export const BLOCK_READERS: readonly Reader[] = [
  readProfile,
  readExifColours,
  readExifRights,
  readIimRights,
  readXmpRights,
];
