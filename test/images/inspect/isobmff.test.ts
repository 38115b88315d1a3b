import { itemData } from '../../../src/images/inspect/isobmff.ts';
import { boxed } from '../../support/avif.ts';

const FILE = Buffer.from('0123456789abcdefghij');
const IDAT = Buffer.from('in the metadata');

const number = (value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  if (length === 8) bytes.writeBigUInt64BE(BigInt(value));
  else bytes.writeUIntBE(value, 0, length);
  return bytes;
};

interface Item {
  readonly id?: number;
  readonly method?: number;
  readonly reference?: number;
  readonly base?: number;
  /** Offset and length. */
  readonly extents: readonly (readonly [number, number])[];
  readonly count?: number;
}

/** `iloc` (ISO/IEC 14496-12, 8.11.3) with offsets, lengths and bases of this many bytes. */
const iloc = (items: readonly Item[], { version = 1, bytes = 4 } = {}): Buffer => {
  const idBytes = version === 2 ? 4 : 2;
  const entries = items.map(({ id = 7, method = 0, reference = 0, base = 0, extents, count = extents.length }) =>
    Buffer.concat([
      number(id, idBytes),
      ...(version === 0 ? [] : [number(method, 2)]),
      number(reference, 2),
      number(base, bytes),
      number(count, 2),
      ...extents.flatMap(([offset, length]) => [number(offset, bytes), number(length, bytes)]),
    ]),
  );
  const sizes = Buffer.of((bytes << 4) | bytes, bytes << 4);
  return boxed('iloc', Buffer.of(version, 0, 0, 0), sizes, number(items.length, idBytes), ...entries);
};

const read = (places: Buffer): string | undefined =>
  itemData(FILE, Buffer.concat([places, boxed('idat', IDAT)]), 7)?.toString();

describe('the data of an item', () => {
  test.each([
    { version: 0, bytes: 4 },
    { version: 1, bytes: 4 },
    { version: 1, bytes: 8 },
    { version: 2, bytes: 8 },
  ])('is found in version $version with numbers of $bytes bytes, behind another item', (layout) => {
    const other = { id: 3, extents: [[0, 5] as const, [9, 5] as const] };
    expect(read(iloc([other, { base: 10, extents: [[1, 3]] }], layout))).toBe('bcd');
  });

  test('is put together of several parts', () => {
    const extents = [
      [0, 2],
      [18, 2],
      [4, 1],
    ] as const;
    expect(read(iloc([{ extents }]))).toBe('01ij4');
  });

  test('may end with the file, and is then a part of it', () => {
    const meta = iloc([{ extents: [[15, 5]] }]);
    expect(itemData(FILE, meta, 7)?.buffer).toBe(FILE.buffer);
    expect(read(meta)).toBe('fghij');
  });

  test('may be in the metadata', () => {
    expect(read(iloc([{ method: 1, extents: [[3, 3]] }]))).toBe('the');
    expect(itemData(FILE, iloc([{ method: 1, extents: [[3, 3]] }]), 7)).toBeNull();
  });

  test.each<readonly [string, Item]>([
    ['of another item', { id: 8, extents: [[0, 5]] }],
    ['in another file', { reference: 1, extents: [[0, 5]] }],
    ['made of other items', { method: 2, extents: [[0, 5]] }],
    ['without parts', { extents: [] }],
    [
      'with an empty part',
      {
        extents: [
          [0, 5],
          [3, 0],
        ],
      },
    ],
    ['behind the end', { extents: [[20, 1]] }],
    ['that goes beyond the end', { extents: [[15, 6]] }],
    ['that goes beyond the end of the metadata', { method: 1, extents: [[0, 16]] }],
    ['that is far away by its base', { base: 2 ** 32 - 1, extents: [[2 ** 32 - 1, 2 ** 32 - 1]] }],
    [
      'of which one part is missing',
      {
        extents: [
          [0, 5],
          [19, 2],
        ],
      },
    ],
    ['with fewer parts than it says', { extents: [[0, 5]], count: 2 }],
    [
      'with the same part over and over, more than the file',
      {
        extents: [
          [0, 11],
          [0, 11],
        ],
      },
    ],
  ])('is not read: %s', (_what, item) => {
    expect(read(iloc([item]))).toBeUndefined();
  });

  test('is not read of numbers that exceed every file', () => {
    expect(read(iloc([{ base: 2 ** 53, extents: [[2 ** 53, 2 ** 53]] }], { bytes: 8 }))).toBeUndefined();
  });

  test('is not read of a box that is cut anywhere', () => {
    const whole = iloc([
      {
        extents: [
          [0, 5],
          [5, 5],
        ],
      },
    ]);
    for (let length = 8; length < whole.length; length += 1) {
      expect(read(boxed('iloc', whole.subarray(8, length)))).toBeUndefined();
    }
    expect(read(whole)).toBe('0123456789');
  });
});
