import { type Box, boxesOf, FULL, find, itemData, primaryItem, propertiesOf } from '../inspect/isobmff.ts';
import { type AvifItem, type AvifPicture, writeAvif } from './avif-file.ts';

/** What an item may have; others crop, turn or layer it, or describe a high dynamic range, and are not for a copy. */
const PROPERTIES = ['ispe', 'pixi', 'av1C', 'colr', 'auxC'];
/** References that the picture does without: to its transparency, which is read, its metadata and its thumbnail. */
const REFERENCES = ['auxl', 'cdsc', 'thmb'];
const ALPHA = /^urn:mpeg:(mpegB:cicp:systems:auxiliary:alpha|hevc:2015:auxid:1)\0/;
const MAX_BRANDS_BYTES = 100;
const MAX_PROPERTIES = 20;

/**
 * Reads only what AVIF encoders write for a plain picture: coded in one piece, upright, not cropped, of one layer.
 * @returns null for everything else
 */
export const readAvif = (bytes: Buffer): AvifPicture | null => {
  const brands = bytes.subarray(0, bytes.length < 8 ? 0 : bytes.readUInt32BE());
  const meta = find(bytes, 'meta')?.subarray(FULL) ?? null;
  if (meta === null || brands.toString('latin1', 4, 12) !== 'ftypavif' || brands.length > MAX_BRANDS_BYTES) return null;
  const primary = primaryItem(meta);
  const references = [...boxesOf((find(meta, 'iref') ?? Buffer.alloc(0)).subarray(FULL))];
  if (primary === null || references.some(({ type }) => !REFERENCES.includes(type))) return null;
  const colour = readItem(bytes, meta, primary);
  const auxiliary = auxiliaryOf(meta, primary, references);
  const transparent = auxiliary.filter((item) => propertyBoxesOf(meta, item).some(isAlpha));
  const [first] = transparent;
  const alpha = first === undefined ? null : readItem(bytes, meta, first);
  if (colour === null || transparent.length > 1 || (first !== undefined && alpha === null)) return null;
  return colour.data.length + (alpha?.data.length ?? 0) > bytes.length ? null : { brands, colour, alpha };
};

/** Removes everything from an AVIF in sRGB but its picture; null if it is not as `readAvif` expects. */
export const stripAvifMetadata = (bytes: Buffer): Buffer | null => {
  const picture = readAvif(bytes);
  return picture && writeAvif(picture);
};

const isAlpha = ({ type, data }: Box): boolean => type === 'auxC' && ALPHA.test(data.toString('latin1', FULL));

/** Few, because the properties of each are looked for. */
const MAX_AUXILIARY = 10;
const auxiliaryOf = (meta: Buffer, primary: number, references: readonly Box[]): readonly number[] => {
  const idBytes = find(meta, 'iref')?.[0] === 0 ? 2 : 4;
  return references
    .filter(({ type, data }) => type === 'auxl' && data.length === 2 * idBytes + 2)
    .filter(({ data }) => data.readUIntBE(idBytes + 2, idBytes) === primary)
    .slice(0, MAX_AUXILIARY)
    .map(({ data }) => data.readUIntBE(0, idBytes));
};

const propertyBoxesOf = (meta: Buffer, item: number): readonly Box[] => {
  const iprp = find(meta, 'iprp') ?? Buffer.alloc(0);
  const boxes = [...boxesOf(find(iprp, 'ipco') ?? Buffer.alloc(0))];
  return propertiesOf(find(iprp, 'ipma') ?? Buffer.alloc(0), item).flatMap((index) => boxes[index - 1] ?? []);
};

const readItem = (bytes: Buffer, meta: Buffer, item: number): AvifItem | null => {
  const properties = propertyBoxesOf(meta, item);
  const data = itemData(bytes, meta, item);
  const isPlain = properties.every(({ type }) => PROPERTIES.includes(type)) && properties.length <= MAX_PROPERTIES;
  const isCoded = properties.some(({ type }) => type === 'av1C');
  if (data === null || !isPlain || !isCoded) return null;
  return { properties: properties.map(({ whole }) => whole), data };
};
