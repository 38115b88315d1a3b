import { AppError } from '../../errors.ts';
import { damaged } from '../damaged.ts';
import type { HeifHeader } from './heif-header.ts';
import { createInstance, type Instance, type Libheif } from './libheif.ts';
import { rawTiff } from './raw-tiff.ts';

/** What libheif takes beside the pixels. */
const FIXED_BYTES = 8 * 1024 * 1024;
/** The file, its parts as they are put together, and what the decoder of HEVC copies of them. */
const FILE_COPIES = 3;
/** A pixel's planes before and after they are put together, turned and converted; measured in 4:4:4 and with 10 bits. */
const PIXEL_BYTES = { opaque: { plain: 12, deep: 17 }, alpha: { plain: 15, deep: 23 } };
/** Of an address space of 2 GiB, with what an instance starts with. */
const MAX_HEAP_BYTES = 2 ** 31 - 64 * 1024 * 1024;

/** The memory of libheif for a picture. */
export const heifBytes = (fileBytes: number, { largest, hasAlpha, isDeep }: HeifHeader): number =>
  FIXED_BYTES +
  FILE_COPIES * fileBytes +
  largest * PIXEL_BYTES[hasAlpha ? 'alpha' : 'opaque'][isDeep ? 'deep' : 'plain'];

/** Long before the 2 GiB of an address space fill with what libheif does not free. */
const PICTURES_PER_INSTANCE = 100;
/** An instance's memory never shrinks, so that of a large picture is not kept. */
const KEPT_BYTES = 64 * 1024 * 1024;

let kept: { readonly instance: Instance; pictures: number } | null = null;

// heif_colorspace_RGB, heif_chroma_interleaved_RGB(A), heif_channel_interleaved of libheif's heif_image.h
const RGB = 1;
const INTERLEAVED = { opaque: 10, alpha: 11 };
const CHANNEL = 10;
// Offsets in heif_decoding_options (heif_decoding.h)
const TO_8_BITS = 20;
const STRICT = 21;
// heif_error_code of heif_error.h
const UNSUPPORTED_CODES = [3, 4];

/** Space for a heif_error and for two results. */
const SCRATCH_BYTES = 32;
const [ERROR, FIRST, SECOND] = [0, 16, 20];

export interface DecodedHeif {
  /** A TIFF with the profile. */
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

const textAt = (heap: Uint8Array, at: number): string =>
  Buffer.from(heap.subarray(at, Math.max(at, heap.indexOf(0, at)))).toString('latin1');

const decodeWith = (heif: Libheif, file: Buffer, header: HeifHeader): DecodedHeif => {
  const freeing: (() => void)[] = [];
  const own = (pointer: number, free: (pointer: number) => void): number => {
    if (pointer === 0) throw damaged(new Error('libheif gave nothing.'));
    freeing.push(() => free(pointer));
    return pointer;
  };
  const scratch = own(heif._malloc(SCRATCH_BYTES), heif._free);
  const value = (at: number): number => heif.HEAP32[(scratch + at) >> 2] ?? 0;
  const check = (): void => {
    const code = value(ERROR);
    if (code === 0) return;
    const cause = new Error(`libheif ${code}.${value(ERROR + 4)}: ${textAt(heif.HEAPU8, value(ERROR + 8))}`);
    if (!UNSUPPORTED_CODES.includes(code)) throw damaged(cause);
    const message = 'The HEIC image uses a feature that is not supported. Save it as JPEG.';
    throw new AppError('unsupported_image_format', message, { cause });
  };
  try {
    const source = own(heif._malloc(file.length), heif._free);
    heif.HEAPU8.set(file, source);
    const context = own(heif._heif_context_alloc(), heif._heif_context_free);
    heif._heif_context_read_from_memory_without_copy(scratch, context, source, file.length, 0);
    check();
    heif._heif_context_get_primary_image_handle(scratch, context, scratch + FIRST);
    check();
    const handle = own(value(FIRST), heif._heif_image_handle_release);
    const options = own(heif._heif_decoding_options_alloc(), heif._heif_decoding_options_free);
    heif.HEAPU8[options + TO_8_BITS] = 1;
    heif.HEAPU8[options + STRICT] = 1;
    const kind = header.hasAlpha ? 'alpha' : 'opaque';
    heif._heif_decode_image(scratch, handle, scratch + FIRST, RGB, INTERLEAVED[kind], options);
    check();
    const image = own(value(FIRST), heif._heif_image_release);
    const [width, height] = [heif._heif_image_get_width(image, CHANNEL), heif._heif_image_get_height(image, CHANNEL)];
    const plane = heif._heif_image_get_plane_readonly(image, CHANNEL, scratch + SECOND);
    if (plane === 0 || width <= 0 || height <= 0 || width * height > header.largest) throw damaged();
    const tiff = rawTiff(width, height, header.hasAlpha ? 4 : 3, header.profile);
    const row = tiff.samples.length / height;
    for (let y = 0; y < height; y += 1) {
      const from = plane + y * value(SECOND);
      tiff.samples.set(heif.HEAPU8.subarray(from, from + row), y * row);
    }
    if (header.hasAlpha && heif._heif_image_handle_is_premultiplied_alpha(handle) !== 0) divideByAlpha(tiff.samples);
    return { bytes: tiff.bytes, width, height };
  } finally {
    for (const free of freeing.reverse()) free();
  }
};

const divideByAlpha = (samples: Buffer): void => {
  for (let at = 0; at < samples.length; at += 4) {
    const alpha = samples[at + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let to = at; to < at + 3; to += 1) samples[to] = Math.min(255, Math.round(((samples[to] ?? 0) * 255) / alpha));
  }
};

/**
 * Decodes the primary picture, upright (`irot` and `imir`; EXIF repeats them). This blocks the thread, and nothing but the
 * end of the thread can interrupt it: see the pool's watch.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `unsupported_image_format`
 */
export const decodeHeif = async (file: Buffer, header: HeifHeader): Promise<DecodedHeif> => {
  const needed = heifBytes(file.length, header);
  if (needed > MAX_HEAP_BYTES) {
    const message = `The HEIC image has ${header.largest} pixels, which is more than its decoder has memory for.`;
    throw new AppError('too_many_pixels', message);
  }
  const { instance, pictures } = kept ?? { instance: await createInstance(), pictures: 0 };
  // An instance that fails may be broken, so it is dropped.
  kept = null;
  let decoded: DecodedHeif;
  try {
    instance.reserve(needed);
    decoded = decodeWith(instance.heif, file, header);
  } catch (error) {
    throw error instanceof AppError ? error : damaged(error);
  }
  if (pictures + 1 < PICTURES_PER_INSTANCE && instance.heapBytes() <= KEPT_BYTES) {
    kept = { instance, pictures: pictures + 1 };
  }
  return decoded;
};
