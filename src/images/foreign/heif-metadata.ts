import { FULL, find, itemData, primaryItem } from '../inspect/isobmff.ts';
import { type ItemInfo, itemInfos, referencesOf } from './heif-items.ts';

/** Blocks of metadata as sharp returns those of other formats; absent: the file has none, or none that can be read. */
export interface HeifMetadata {
  /** A TIFF structure, perhaps behind `Exif\0\0`. */
  readonly exif?: Buffer;
  readonly xmp?: Buffer;
}

const MAX_DESCRIBED_BYTES = 4096;

/** Name, content type and content encoding of a `mime` item; XMP that is compressed is not read. */
const isXmp = ({ type, described }: ItemInfo): boolean => {
  if (type !== 'mime') return false;
  const [, contentType, encoding = ''] = described.toString('latin1', 0, MAX_DESCRIBED_BYTES).split('\0', 3);
  return contentType === 'application/rdf+xml' && encoding === '';
};

/** Before EXIF stands how far behind its length the TIFF structure begins (ISO/IEC 23008-12, A.2.1). */
const OFFSET_BYTES = 4;

const tiffOf = (item: Buffer): Buffer | null =>
  item.length < OFFSET_BYTES ? null : item.subarray(OFFSET_BYTES + item.readUInt32BE());

/** The metadata of the primary picture: the first items of their kinds that describe it (`cdsc`). */
export const readHeifMetadata = (bytes: Buffer): HeifMetadata => {
  const meta = find(bytes, 'meta')?.subarray(FULL) ?? null;
  const primary = meta === null ? null : primaryItem(meta);
  if (meta === null || primary === null) return {};
  const describing = referencesOf(meta, ['cdsc']).filter(({ to }) => to.includes(primary));
  const ids = new Set(describing.map(({ from }) => from));
  const infos = itemInfos(meta).filter(({ id }) => ids.has(id));
  const dataOf = (info: ItemInfo | undefined): Buffer | null => (info ? itemData(bytes, meta, info.id) : null);
  const exif = dataOf(infos.find(({ type }) => type === 'Exif'));
  const [tiff, xmp] = [exif && tiffOf(exif), dataOf(infos.find(isXmp))];
  return { ...(tiff && { exif: tiff }), ...(xmp && { xmp }) };
};
