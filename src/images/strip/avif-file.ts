/** A still picture as AVIF (AV1 Image File Format; HEIF, ISO/IEC 23008-12): nothing but itself and its transparency. */
export interface AvifPicture {
  /** The box with the brands. */
  readonly brands: Buffer;
  readonly colour: AvifItem;
  readonly alpha: AvifItem | null;
}

export interface AvifItem {
  /** Boxes. */
  readonly properties: readonly Buffer[];
  /** AV1. */
  readonly data: Buffer;
}

const COLOUR = 1;
const ALPHA = 2;
const XMP = 3;

const u8 = (...values: readonly number[]): Buffer => Buffer.from(values);
const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, 2 * at);
  return bytes;
};
const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
};
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([u32(length), ascii(type), ...parts]);
};
const fullBox = (type: string, version: number, ...parts: readonly Buffer[]): Buffer =>
  box(type, u8(version, 0, 0, 0), ...parts);

interface Entry {
  readonly id: number;
  /** As `infe` has it. */
  readonly info: Buffer;
  /** From this item to the picture. */
  readonly reference?: string;
  readonly properties: readonly Buffer[];
  readonly data: Buffer;
}

const entriesOf = ({ colour, alpha }: AvifPicture, xmp: Buffer | null): readonly Entry[] => [
  { id: COLOUR, info: ascii('av01\0'), ...colour },
  ...(alpha ? [{ id: ALPHA, info: ascii('av01\0'), reference: 'auxl', ...alpha }] : []),
  ...(xmp
    ? [{ id: XMP, info: ascii('mime\0application/rdf+xml\0'), reference: 'cdsc', properties: [], data: xmp }]
    : []),
];

/** The properties of all items, and which of them each item has; a decoder must understand how to decode AV1 (`av1C`). */
const propertyBoxes = (entries: readonly Entry[]): Buffer => {
  const ESSENTIAL = 0x80;
  const described = entries.filter(({ properties }) => properties.length > 0);
  let index = 0;
  const associations = described.map(({ id, properties }) => {
    const indices = properties.map((property) => {
      index += 1;
      return property.toString('latin1', 4, 8) === 'av1C' ? ESSENTIAL | index : index;
    });
    return Buffer.concat([u16(id), u8(indices.length, ...indices)]);
  });
  const ipco = box('ipco', ...described.flatMap(({ properties }) => properties));
  return box('iprp', ipco, fullBox('ipma', 0, u32(associations.length), ...associations));
};

/** Offsets of four bytes and lengths of four, without a base. */
const locations = (entries: readonly Entry[], from: number): Buffer => {
  let at = from;
  const located = entries.map(({ id, data }) => {
    const location = Buffer.concat([u16(id, 0, 1), u32(at, data.length)]);
    at += data.length;
    return location;
  });
  return fullBox('iloc', 0, u8(0x44, 0), u16(entries.length), ...located);
};

const metaBox = (entries: readonly Entry[], dataFrom: number): Buffer => {
  const infos = entries.map(({ id, info }) => fullBox('infe', 2, u16(id, 0), info));
  const references = entries.flatMap(({ id, reference }) => (reference ? [box(reference, u16(id, 1, COLOUR))] : []));
  return fullBox(
    'meta',
    0,
    fullBox('hdlr', 0, u32(0), ascii('pict'), u32(0, 0, 0), u8(0)),
    fullBox('pitm', 0, u16(COLOUR)),
    locations(entries, dataFrom),
    fullBox('iinf', 0, u16(entries.length), ...infos),
    ...(references.length > 0 ? [fullBox('iref', 0, ...references)] : []),
    propertyBoxes(entries),
  );
};

/**
 * The file, with this packet of XMP or without metadata.
 * @param picture with at most 100 properties in all, and less than 4 GiB
 */
export const writeAvif = (picture: AvifPicture, xmp: Buffer | null = null): Buffer => {
  const entries = entriesOf(picture, xmp);
  const HEAD = 8;
  const dataFrom = picture.brands.length + metaBox(entries, 0).length + HEAD;
  return Buffer.concat([picture.brands, metaBox(entries, dataFrom), box('mdat', ...entries.map(({ data }) => data))]);
};
