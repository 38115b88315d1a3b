import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { readHeifMetadata } from '../../../src/images/foreign/heif-metadata.ts';
import { readXmpRights } from '../../../src/images/rights/read-xmp.ts';
import { UPRIGHT } from '../../support/quarters.ts';
import { run } from '../compress-with-defaults.ts';

/** Made by scripts/colour/heic.py; "SECRET" is in what is private in them. */
const heic = (name: string): Buffer => readFileSync(`test/fixtures/heic/${name}.heic`);

const BY_EXIF = { creators: ['Exif Artist'], notice: '(C) Exif' };
const BY_XMP = {
  creators: ['Xmp Creator'],
  credit: 'Xmp Credit',
  sourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
};

/** The rights of an output, beside which it must have no metadata. */
const rightsOf = async (bytes: Buffer) => {
  const { xmp, exif, iptc, icc, comments } = await sharp(bytes).metadata();
  expect({ exif, iptc, icc, comments }).toEqual({});
  expect(bytes.includes('SECRET')).toBe(false);
  return xmp === undefined ? null : readXmpRights(xmp);
};

describe.each(['jpeg', 'png', 'webp', 'avif'] as const)('to %s', (format) => {
  test.each([
    ['rights-xmp', { ...BY_EXIF, ...BY_XMP }],
    ['rights-exif', BY_EXIF],
    ['grey', null],
  ])('the rights of %s survive, nothing else does', async (name, expected) => {
    expect(await rightsOf((await run(heic(name), { format, metadata: 'rights' })).bytes)).toEqual(expected);
  });

  test('by default, nothing survives', async () => {
    expect(await rightsOf((await run(heic('rights-xmp'), { format })).bytes)).toBeNull();
  });
});

/** Changes what stands at a text, or at the first text behind another. */
const changed = (bytes: Buffer, texts: readonly string[], change: (at: number, bytes: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes);
  let at = 0;
  for (const text of texts) at = copy.indexOf(text, at, 'latin1');
  expect(at).toBeGreaterThan(0);
  change(at, copy);
  return copy;
};

const both = heic('rights-xmp');
const PACKET = '<?xpacket';
/** Where EXIF begins: an offset of six bytes, and its name. */
const EXIF = '\0\0\0\x06Exif\0\0';
test.each<readonly [string, Buffer, object | null]>([
  ['XMP without a beginning', changed(both, [PACKET], (at, bytes) => bytes.fill(0xff, at, at + 200)), BY_EXIF],
  ['XMP with a DOCTYPE', changed(both, [PACKET], (at, bytes) => bytes.write('<!DOCTYPE x>', at)), BY_EXIF],
  ['XMP of another kind', changed(both, ['application/rdf'], (at, bytes) => bytes.write('A', at)), BY_EXIF],
  ['EXIF that is none', changed(both, [EXIF], (at, bytes) => bytes.fill(0xff, at, at + 20)), BY_XMP],
  ['EXIF that begins behind its end', changed(both, [EXIF], (at, bytes) => bytes.fill(0xff, at, at + 4)), BY_XMP],
  ['neither', changed(both, [EXIF], (at, bytes) => bytes.fill(0xff, at, bytes.length)), null],
])('a picture with %s is right, and has the rights that can be read', async (_what, bytes, expected) => {
  const output = await run(bytes, { metadata: 'rights' });
  expect(output).toMatchObject({ ...UPRIGHT, notes: [] });
  expect(await rightsOf(output.bytes)).toEqual(expected);
});

test('items that describe another picture are not read', () => {
  // Version and flags, then each reference: its size and name, from which item, and to how many.
  const ofOther = changed(both, ['iref', 'cdsc'], (at, bytes) => bytes.writeUInt16BE(3, at + 8));
  expect(Object.keys(readHeifMetadata(both))).toEqual(['exif', 'xmp']);
  expect(Object.keys(readHeifMetadata(ofOther))).toEqual(['xmp']);
});

/** Of a file that libheif refuses as a whole, too. */
test.each([
  ['behind the end of the file', 0, both.length],
  ['far beyond it', 0, 2 ** 32 - 1],
  ['longer than the file', 10, 2 ** 32 - 1],
  ['empty', 10, 0],
])('XMP that is %s is not read', (_what, field, value) => {
  // Of the item in `iloc`: where its extents begin, their number, and of each how far behind that it is and its length.
  const place = Buffer.alloc(4);
  place.writeUInt32BE(both.indexOf(PACKET));
  const hostile = changed(both, ['iloc', place.toString('latin1')], (at, bytes) =>
    bytes.writeUInt32BE(value, at + field),
  );
  expect(Object.keys(readHeifMetadata(hostile))).toEqual(['exif']);
});
