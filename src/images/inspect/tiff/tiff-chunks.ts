import { AppError } from '../../../errors.ts';
import { damaged } from '../../damaged.ts';
import { TAG, type TiffDirectory, type TiffField } from './tiff.ts';

/** The tiles or strips of a directory. */
export interface TiffChunks {
  readonly tiled: boolean;
  readonly count: number;
  /** Pixels of one; the last strip may have fewer rows. */
  readonly across: number;
  readonly down: number;
  readonly offsets: TiffField;
  readonly sizes: TiffField | undefined;
  /** Bytes of an uncompressed one. */
  readonly plainBytes: (index: number) => number;
}

/** Null for a directory without size or data, which the decoder rejects. */
export const chunksOf = (directory: TiffDirectory): TiffChunks | null => {
  const width = directory.value(TAG.width, 0);
  const height = directory.value(TAG.height, 0);
  const samples = directory.value(TAG.samples, 1);
  const planes = directory.value(TAG.planar, 1) === 2 ? samples : 1;
  const bits = (directory.value(TAG.bits, 1) * samples) / planes;
  const tiled = directory.has(TAG.tileOffsets) && directory.has(TAG.tileWidth);
  const across = tiled ? directory.value(TAG.tileWidth, 0) : width;
  const down = tiled ? directory.value(TAG.tileHeight, 0) : Math.min(directory.value(TAG.rowsPerStrip, height), height);
  const offsets = directory.field(tiled ? TAG.tileOffsets : TAG.stripOffsets);
  if (offsets === undefined || width === 0 || height === 0 || across === 0 || down === 0) return null;
  const rowBytes = Math.ceil((across * bits) / 8);
  const each = Math.ceil(height / down);
  const lastRows = tiled ? down : height - (each - 1) * down;
  return {
    tiled,
    count: Math.ceil(width / across) * each * planes,
    across,
    down,
    offsets,
    sizes: directory.field(tiled ? TAG.tileBytes : TAG.stripBytes),
    plainBytes: (index) => rowBytes * (tiled || index % each < each - 1 ? down : lastRows),
  };
};

/** Tags that only maps and measurements have, whose programs leave out tiles on purpose. */
const MAP_TAGS = [TAG.modelPixelScale, TAG.geoKeys, TAG.gdalMetadata, TAG.gdalNoData];

/** libtiff replaces the sizes of uncompressed chunks if the first two differ, as some programs write wrong ones. */
const ignoresSizes = ({ count, sizes }: TiffChunks): boolean => count > 2 && sizes?.at(0) !== sizes?.at(1);

/**
 * libvips shows a tile that cannot be read as a blank one and reports success, so the parts are checked before.
 * @throws AppError `corrupt_image` if a tile or strip is missing or reaches beyond the end of the file,
 * `unsupported_image_format` for a map whose program left out tiles on purpose
 */
export const requireWholeChunks = (directory: TiffDirectory, fileBytes: number): void => {
  const chunks = chunksOf(directory);
  if (chunks === null) return;
  const { tiled, count, offsets, sizes, plainBytes } = chunks;
  if (offsets.count < count) throw damaged();
  const plain = directory.value(TAG.compression, 1) === 1;
  for (let index = 0; index < count; index += 1) {
    const offset = offsets.at(index) ?? 0;
    const size = sizes?.at(index) ?? 0;
    if (offset === 0 && size === 0 && MAP_TAGS.some(directory.has)) {
      throw new AppError(
        'unsupported_image_format',
        'The image is a sparse TIFF (a map with parts left out), which is not supported. Save it with all its parts.',
      );
    }
    if (offset === 0 || offset >= fileBytes) throw damaged();
    // Strips without a size are estimated by libtiff; those of tiles it cannot read would be blank.
    if (tiled && size === 0) throw damaged();
    if (plain && tiled && size < plainBytes(index) && !ignoresSizes(chunks)) throw damaged();
    if (offset + (plain ? plainBytes(index) : size) > fileBytes) throw damaged();
  }
};

/** libvips holds a tile and twice its size for the compressed one; a narrow picture may have tiles far wider than itself. */
const TILE_COPIES = 3;
/** The offset and size of a part in 8 bytes each, and once more in the copy that is checked (parts/tiff-as-strips.ts). */
const LISTED_BYTES = 32;

/** Memory for the parts of a picture, whose size says nothing about theirs. */
export const partMemory = (directory: TiffDirectory, fileBytes: number): number => {
  const chunks = chunksOf(directory);
  if (chunks === null) return 0;
  // The file has an offset for each part, or it is refused.
  return LISTED_BYTES * Math.min(chunks.count, fileBytes) + (chunks.tiled ? TILE_COPIES * chunks.plainBytes(0) : 0);
};
