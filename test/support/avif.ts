import { crc32, inflateSync } from 'node:zlib';

const FULL = 4;

/** A box of ISO base media files: its size, its type and its data (ISO/IEC 14496-12, 4.2). */
export const boxed = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const data = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
};

const childrenOf = (data: Buffer): [string, Buffer][] => {
  const found: [string, Buffer][] = [];
  for (let at = 0; at + 8 <= data.length; at += data.readUInt32BE(at)) {
    found.push([data.toString('latin1', at + 4, at + 8), data.subarray(at + 8, at + data.readUInt32BE(at))]);
  }
  return found;
};

/** Code points of a picture (ITU-T H.273), full range. */
export const nclx = (primaries: number, transfer: number): Buffer =>
  Buffer.concat([Buffer.from('nclx', 'latin1'), Buffer.of(0, primaries, 0, transfer, 0, 6, 0x80)]);

export const embedded = (profile: Buffer): Buffer => Buffer.concat([Buffer.from('prof', 'latin1'), profile]);

/** An AVIF that sharp wrote, which says nothing of its colours, with `colr` properties of its picture. */
export const withColours = (avif: Buffer, ...colours: readonly Buffer[]): Buffer => {
  const top = childrenOf(avif);
  const meta = top.find(([type]) => type === 'meta')?.[1] ?? Buffer.alloc(0);
  const grown = colours.reduce((sum, { length }) => sum + 8 + length + 1, 0);
  const changed = childrenOf(meta.subarray(FULL)).map(([type, data]): Buffer => {
    if (type === 'iloc') return boxed(type, movedBy(grown, data));
    if (type !== 'iprp') return boxed(type, data);
    const [[, ipco], [, ipma]] = childrenOf(data) as [[string, Buffer], [string, Buffer]];
    const first = childrenOf(ipco).length + 1;
    // The picture is the first item; its number of properties comes before them.
    const at = FULL + 4 + 2;
    const count = ipma[at] ?? 0;
    const before = Buffer.concat([ipma.subarray(0, at), Buffer.of(count + colours.length)]);
    const properties = Buffer.from(colours.map((_, index) => first + index));
    const associations = [before, ipma.subarray(at + 1, at + 1 + count), properties, ipma.subarray(at + 1 + count)];
    return boxed(
      'iprp',
      boxed('ipco', ipco, ...colours.map((colour) => boxed('colr', colour))),
      boxed('ipma', ...associations),
    );
  });
  return Buffer.concat(
    top.map(([type, data]) =>
      type === 'meta' ? boxed('meta', meta.subarray(0, FULL), ...changed) : boxed(type, data),
    ),
  );
};

/** The places of items, which sharp writes as a base of 4 bytes and one part. */
const movedBy = (bytes: number, iloc: Buffer): Buffer => {
  const copy = Buffer.from(iloc);
  for (let item = 0; item < copy.readUInt16BE(FULL + 2); item += 1) {
    const base = FULL + 4 + 18 * item + 4;
    copy.writeUInt32BE(copy.readUInt32BE(base) + bytes, base);
  }
  return copy;
};

/** A PNG without its profile and the profile, so that its numbers can be used as they are. */
export const untagged = (png: Buffer): { readonly plain: Buffer; readonly profile: Buffer } => {
  const parts = [png.subarray(0, 8)];
  let profile: Buffer = Buffer.alloc(0);
  for (let at = 8; at + 12 <= png.length; ) {
    const [length, type] = [png.readUInt32BE(at), png.toString('latin1', at + 4, at + 8)];
    const data = png.subarray(at + 8, at + 8 + length);
    if (png.readUInt32BE(at + 8 + length) !== crc32(png.subarray(at + 4, at + 8 + length))) throw new Error('damaged');
    if (type === 'iCCP') profile = inflateSync(data.subarray(data.indexOf(0) + 2));
    else parts.push(png.subarray(at, at + 12 + length));
    at += 12 + length;
  }
  return { plain: Buffer.concat(parts), profile };
};
