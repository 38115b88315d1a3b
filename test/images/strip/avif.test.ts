import sharp from 'sharp';
import { readAvif, stripAvifMetadata } from '../../../src/images/strip/avif.ts';
import { writeAvif } from '../../../src/images/strip/avif-file.ts';
import { photoLike } from '../../support/pictures.ts';

/** A property (`irot`, `clap` …) as a box. */
const property = (type: string, ...data: readonly number[]): Buffer =>
  Buffer.from([0, 0, 0, 8 + data.length, ...Buffer.from(type), ...data]);

let plain: Buffer;
let transparent: Buffer;
beforeAll(async () => {
  const picture = sharp(await photoLike(64, 48));
  plain = await picture.clone().avif({ effort: 0 }).toBuffer();
  transparent = await picture.clone().ensureAlpha(0.5).avif({ effort: 0 }).toBuffer();
});

const read = (bytes: Buffer) => {
  const picture = readAvif(bytes);
  if (picture === null) throw new Error('not read');
  return picture;
};

it('what was written is read as the same, and shows the same', async () => {
  for (const source of [plain, transparent]) {
    const stripped = stripAvifMetadata(source) ?? Buffer.alloc(0);
    expect(readAvif(stripped)).toEqual(read(source));
    expect(await sharp(stripped).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer());
    const [before, after] = await Promise.all([sharp(source).metadata(), sharp(stripped).metadata()]);
    expect({ ...after, size: before.size }).toEqual(before);
  }
});

it('transparency stays, and does not appear', () => {
  expect(read(plain).alpha).toBeNull();
  expect(read(transparent).alpha).not.toBeNull();
});

it('removes what follows the picture, and free space', () => {
  const free = Buffer.concat([Buffer.from('\0\0\0\x10freeSECRET..', 'latin1'), Buffer.from('SECRET')]);
  const stripped = stripAvifMetadata(Buffer.concat([plain, free]));
  expect(stripped).toEqual(stripAvifMetadata(plain));
  expect(stripped?.includes('SECRET')).toBe(false);
});

it.each([
  ['turned', 'irot', [1]],
  ['mirrored', 'imir', [0]],
  ['cropped', 'clap', Array(32).fill(1)],
  ['layered', 'lsel', [0, 0]],
  ['in high dynamic range', 'clli', [0, 1, 0, 1]],
] as const)('is not kept when it is %s', (_what, type, data) => {
  const { colour, ...rest } = read(plain);
  const other = writeAvif({
    ...rest,
    colour: { ...colour, properties: [...colour.properties, property(type, ...data)] },
  });
  expect(stripAvifMetadata(other)).toBeNull();
});

it.each([
  ['of an animation', (bytes: Buffer) => bytes.write('avis', 8, 'latin1')],
  ['with premultiplied colours', (bytes: Buffer) => bytes.write('prem', bytes.indexOf('auxl'), 'latin1')],
  ['without a picture', (bytes: Buffer) => bytes.write('free', bytes.indexOf('pitm'), 'latin1')],
  ['without places', (bytes: Buffer) => bytes.write('free', bytes.indexOf('iloc'), 'latin1')],
  [
    'whose data is elsewhere',
    (bytes: Buffer) => bytes.fill(0xff, bytes.indexOf('iloc') + 16, bytes.indexOf('iloc') + 20),
  ],
  ['without a codec', (bytes: Buffer) => bytes.write('free', bytes.indexOf('av1C'), 'latin1')],
  ['without lengths of its parts', (bytes: Buffer) => bytes.writeUInt8(0x40, bytes.indexOf('iloc') + 8)],
] as const)('is not kept when it is a file %s', (_what, change) => {
  const bytes = Buffer.from(stripAvifMetadata(transparent) ?? '');
  expect(stripAvifMetadata(bytes)).toEqual(bytes);
  change(bytes);
  expect(stripAvifMetadata(bytes)).toBeNull();
});

it('a cut or altered file is read or not, without an error', () => {
  const source = Buffer.from(stripAvifMetadata(transparent) ?? '');
  const end = source.indexOf('mdat');
  for (let at = 0; at < end; at += 1) {
    stripAvifMetadata(source.subarray(0, at));
    for (const value of [0, 1, 0x7f, 0xff]) {
      const altered = Buffer.from(source);
      altered[at] = value;
      expect(stripAvifMetadata(altered)?.length ?? 0).toBeLessThan(2 * source.length);
    }
  }
});
