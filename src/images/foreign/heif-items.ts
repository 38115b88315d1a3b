import { type Box, boxesOf, FULL, find, primaryItem, propertiesOf } from '../inspect/isobmff.ts';

/** An item of a HEIF file (ISO/IEC 23008-12): a coded picture, or one derived from others. */
export interface HeifItem {
  /** `hvc1` for HEVC, `av01` for AV1, `grid` for a picture made of tiles … */
  readonly type: string;
  readonly properties: readonly Box[];
  /** The pictures that a derived one is made of. */
  readonly parts: readonly number[];
}

export interface HeifFile {
  readonly primary: HeifItem;
  /** What the primary picture is made of: itself, or the coded pictures below it, without repetition. */
  readonly coded: readonly HeifItem[];
  /** The primary picture's transparency is another item. */
  readonly hasAlpha: boolean;
  /** Besides still pictures there is a track of them. */
  readonly isSequence: boolean;
}

/** As many as libheif accepts in a file. */
const MAX_ITEMS = 1_000;
/** Bounds of what is searched once for each item. */
const MAX_REFERENCED = 10_000;
const MAX_IPMA_BYTES = 256 * 1024;
const MAX_AUXILIARY = 100;
/** A grid may be cropped or turned by another derived picture, but hardly more than that. */
const MAX_DEPTH = 4;
const DERIVED = ['grid', 'iovl', 'iden'];

export interface ItemInfo {
  readonly id: number;
  readonly type: string;
  /** What `infe` says behind the type: a name, and for `mime` the type of its content, each ended by a zero. */
  readonly described: Buffer;
}

/** The first items of `iinf` (ISO/IEC 14496-12, 8.11.6). */
export const itemInfos = (meta: Buffer): readonly ItemInfo[] => {
  const infos: ItemInfo[] = [];
  const iinf = find(meta, 'iinf');
  if (iinf === null || iinf.length < FULL + 4) return infos;
  for (const { type, data } of boxesOf(iinf.subarray(FULL + (iinf[0] === 0 ? 2 : 4)))) {
    const version = data[0] ?? 0;
    const idBytes = version === 3 ? 4 : 2;
    // Before the type: its id and the index of its protection.
    const at = FULL + idBytes + 2;
    if (type !== 'infe' || version < 2 || data.length < at + 4 || infos.length >= MAX_ITEMS) continue;
    const [id, itemType] = [data.readUIntBE(FULL, idBytes), data.toString('latin1', at, at + 4)];
    infos.push({ id, type: itemType, described: data.subarray(at + 4) });
  }
  return infos;
};

export interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/** The first references of these types, of `iref` (8.11.12). */
export const referencesOf = (meta: Buffer, types: readonly string[]): readonly Reference[] => {
  const iref = find(meta, 'iref');
  if (iref === null || iref.length < FULL) return [];
  const idBytes = iref[0] === 0 ? 2 : 4;
  const references: Reference[] = [];
  let left = MAX_REFERENCED;
  for (const { type, data } of boxesOf(iref.subarray(FULL))) {
    if (data.length < idBytes + 2 || !types.includes(type)) continue;
    const room = Math.floor((data.length - idBytes - 2) / idBytes);
    const count = Math.min(data.readUInt16BE(idBytes), room, left);
    left -= count;
    const to = Array.from({ length: count }, (_, at) => data.readUIntBE(idBytes + 2 + at * idBytes, idBytes));
    references.push({ type, from: data.readUIntBE(0, idBytes), to });
  }
  return references;
};

/** Whether an auxiliary picture is transparency and not depth, a gain map or the like (ISO/IEC 23008-12, 6.5.8). */
const isAlpha = (properties: readonly Box[]): boolean =>
  properties.some(
    ({ type, data }) => type === 'auxC' && /alpha|:auxid:1\0/.test(data.toString('latin1', FULL, FULL + 100)),
  );

/** Null if the file has no still picture, or says not which is the primary one. */
export const readHeifItems = (bytes: Buffer): HeifFile | null => {
  const meta = find(bytes, 'meta')?.subarray(FULL) ?? null;
  const id = meta === null ? null : primaryItem(meta);
  if (meta === null || id === null) return null;
  const types = new Map(itemInfos(meta).map(({ id: item, type }) => [item, type]));
  const references = referencesOf(meta, ['dimg', 'auxl']);
  const iprp = find(meta, 'iprp') ?? Buffer.alloc(0);
  const ipma = (find(iprp, 'ipma') ?? Buffer.alloc(0)).subarray(0, MAX_IPMA_BYTES);
  const boxes = [...boxesOf(find(iprp, 'ipco') ?? Buffer.alloc(0))];
  const propertiesById = (item: number): Box[] => propertiesOf(ipma, item).flatMap((index) => boxes[index - 1] ?? []);
  const itemOf = (item: number): HeifItem => ({
    type: types.get(item) ?? '',
    properties: propertiesById(item),
    parts: references.flatMap(({ type, from, to }) => (type === 'dimg' && from === item ? to : [])),
  });
  const primary = itemOf(id);
  const seen = new Set([id]);
  let coded: HeifItem[] = [primary];
  for (let depth = 0; depth < MAX_DEPTH && coded.some(({ type }) => DERIVED.includes(type)); depth += 1) {
    coded = coded.flatMap((item) => {
      if (!DERIVED.includes(item.type)) return [item];
      const unseen = [...new Set(item.parts)].filter((part) => !seen.has(part)).slice(0, MAX_ITEMS - seen.size);
      for (const part of unseen) seen.add(part);
      return unseen.map(itemOf);
    });
  }
  const auxiliary = references.filter(({ type, to }) => type === 'auxl' && to.includes(id)).slice(0, MAX_AUXILIARY);
  const hasAlpha = auxiliary.some(({ from }) => isAlpha(propertiesById(from)));
  return { primary, coded, hasAlpha, isSequence: find(bytes, 'moov') !== null };
};
