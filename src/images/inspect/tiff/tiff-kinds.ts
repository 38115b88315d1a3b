import { AppError } from '../../../errors.ts';
import { TAG, type TiffDirectory } from './tiff.ts';

/** Colour models that would come out wrong or not at all. */
const PHOTOMETRIC: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  9: 'ICC Lab colours',
  10: 'ITU Lab colours',
  32844: 'LogL (HDR) values',
  32845: 'LogLuv (HDR) colours',
};

/** Compressions that this server's libtiff reads (TIFF 6.0 and the registered ones). */
const READABLE = new Set([1, 2, 3, 4, 5, 7, 8, 32766, 32773, 32809, 32946, 50001]);

const COMPRESSION: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  9: 'JBIG',
  10: 'JBIG',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  22610: 'JPEG XR',
  50000: 'Zstandard',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

const SAMPLE_FORMAT: Readonly<Record<number, string>> = {
  2: 'signed',
  3: 'floating-point',
  5: 'complex',
  6: 'complex',
};

const BITS = new Set([1, 2, 4, 8, 16]);

/** With the alpha and some spot colours or selections; more are measurements. */
const MAX_SAMPLES = 16;

const PALETTE = 3;
const CMYK = 5;
const LAB = 8;
const JPEG = 7;
const WEBP = 50001;

/** Without the tag, a further sample is taken for alpha (tiff-plan.ts). */
const hasAlpha = (directory: TiffDirectory): boolean =>
  !directory.has(TAG.extraSamples) || directory.values(TAG.extraSamples).some((kind) => kind === 1 || kind === 2);

const unsupportedKind = (directory: TiffDirectory): string | null => {
  const photometric = directory.value(TAG.photometric, 1);
  const compression = directory.value(TAG.compression, 1);
  const bits = directory.values(TAG.bits);
  const depth = bits[0] ?? 1;
  const format = directory.value(TAG.sampleFormat, 1);
  const samples = directory.value(TAG.samples, 1);
  if (!READABLE.has(compression)) return `${COMPRESSION[compression] ?? `unknown (${compression})`} compression`;
  if (PHOTOMETRIC[photometric] !== undefined) return PHOTOMETRIC[photometric];
  if (photometric === LAB && depth !== 16) return `Lab colours of ${depth} bits`;
  // libvips clips the transparency to none when it converts the colours to 8 bits.
  if (photometric === CMYK && depth === 16 && samples > 4 && hasAlpha(directory)) {
    return 'CMYK colours of 16 bits and transparency';
  }
  // libvips reads them as signed, so that opaque becomes transparent.
  if (photometric === LAB && samples > 3) return 'Lab colours and further channels';
  if (photometric === 6 && compression !== JPEG && compression !== WEBP)
    return 'YCbCr colours without JPEG compression';
  if (photometric === CMYK && directory.value(TAG.inkSet, 1) !== 1) return 'inks other than CMYK';
  if (samples > MAX_SAMPLES) return `${samples} channels`;
  if (SAMPLE_FORMAT[format] !== undefined) return `${SAMPLE_FORMAT[format]} samples of ${depth} bits`;
  if (!BITS.has(depth)) return `samples of ${depth} bits`;
  if (depth < 8 && samples > 1 && photometric !== PALETTE) return `samples of ${depth} bits in several channels`;
  if (depth !== 8 && compression === JPEG) return `JPEG compression of ${depth} bits`;
  if (bits.some((other) => other !== depth)) return 'channels of different depths';
  if (directory.value(TAG.planar, 1) === 2 && directory.has(TAG.tileOffsets)) return 'planes in tiles';
  return null;
};

/** @throws AppError `unsupported_image_format` naming what libvips reads wrong or not at all */
export const requireReadableKind = (directory: TiffDirectory): void => {
  const kind = unsupportedKind(directory);
  if (kind === null) return;
  throw new AppError(
    'unsupported_image_format',
    `The image is a TIFF with ${kind}, which is not supported. Save it as RGB of 8 or 16 bits with LZW or no compression.`,
  );
};
