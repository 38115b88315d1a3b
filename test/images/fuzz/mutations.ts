import fc from 'fast-check';

/** Values at which lengths, counts and offsets go wrong. */
const EDGES = [0, 1, 2, 7, 8, 0xff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];
/** Structures are mostly at the start. */
const HEAD_BYTES = 1_500;
const LONGEST_REPEAT = 200;

type Mutation = (bytes: Buffer) => Buffer;

/** A place from 0 to 1, in the head for the most part. */
const place = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3));
const at = ([share, where]: readonly [number, number], bytes: Buffer): number =>
  Math.floor(share * Math.max(0, (where > 0 ? Math.min(bytes.length, HEAD_BYTES) : bytes.length) - 8));

const cut = place.map((where) => (bytes: Buffer) => bytes.subarray(0, at(where, bytes) + 1));

const change: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([where, bit]) => (bytes: Buffer) => {
    const spot = at(where, bytes);
    bytes[spot] = (bytes[spot] ?? 0) ^ (1 << bit);
    return bytes;
  }),
  fc.tuple(place, fc.constantFrom(...EDGES), fc.boolean()).map(([where, value, little]) => (bytes: Buffer) => {
    bytes[little ? 'writeUInt32LE' : 'writeUInt32BE'](value, at(where, bytes));
    return bytes;
  }),
  fc.tuple(place, fc.constantFrom(...EDGES)).map(([where, value]) => (bytes: Buffer) => {
    bytes.writeUInt16BE(value % 0x1_0000, at(where, bytes));
    return bytes;
  }),
  fc.tuple(place, fc.nat(LONGEST_REPEAT)).map(([where, length]) => (bytes: Buffer) => {
    const spot = at(where, bytes);
    return Buffer.concat([bytes.subarray(0, spot + length), bytes.subarray(spot)]);
  }),
  fc.tuple(place, fc.nat(64), fc.constantFrom(0, 0xff)).map(([where, length, value]) => (bytes: Buffer) => {
    const spot = at(where, bytes);
    return bytes.fill(value, spot, Math.min(bytes.length, spot + length));
  }),
);

/** Bits flipped, lengths and offsets at their edges, parts repeated, blanked and cut off. */
export const mutated = (seed: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.oneof({ arbitrary: change, weight: 15 }, { arbitrary: cut, weight: 1 }), { minLength: 1, maxLength: 6 })
    .map((all) =>
      all.reduce<Buffer>((bytes, mutate) => (bytes.length > 16 ? mutate(bytes) : bytes), Buffer.from(seed)),
    );
