import sharp, { type Sharp } from 'sharp';
import { attachXmp } from '../../../src/images/rights/attach.ts';
import { readXmpRights } from '../../../src/images/rights/read-xmp.ts';
import { photoLike } from '../../support/pictures.ts';
import { run } from '../compress-with-defaults.ts';
import { iimOf, photoshopOf, xmpOf } from './sources.ts';

const FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;
const SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/** Position, camera and history, in EXIF and in XMP; "SECRET" is in every one of them. */
const EXIF = {
  IFD0: { Make: 'SECRET-CAMERA', Model: 'SECRET', Artist: 'Exif Artist', Copyright: '(C) Exif' },
  IFD2: { LensModel: 'SECRET', BodySerialNumber: 'SECRET' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSProcessingMethod: 'SECRET' },
};
const PRIVATE =
  '<exif:GPSLatitude>SECRET</exif:GPSLatitude><photoshop:City>SECRET</photoshop:City><dc:description>SECRET</dc:description>';
const XMP = xmpOf(
  `${PRIVATE}<dc:creator><rdf:Seq><rdf:li>Ann &amp; Ben</rdf:li></rdf:Seq></dc:creator><photoshop:Credit>Agency</photoshop:Credit>` +
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ann</rdf:li></rdf:Alt></dc:rights>' +
    `<xmpRights:WebStatement>https://a.example/licence</xmpRights:WebStatement><Iptc4xmpExt:DigitalSourceType>${SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>`,
);
const EXPECTED = {
  creators: ['Ann & Ben'],
  notice: '© Ann',
  credit: 'Agency',
  webStatement: 'https://a.example/licence',
  sourceType: SOURCE_TYPE,
};

const picture = async () => sharp(await photoLike(200, 150));

/** All metadata of an output but its XMP must be gone, and nothing private anywhere in its bytes. */
const rightsOf = async (bytes: Buffer) => {
  const { xmp, exif, iptc, icc, comments, orientation } = await sharp(bytes).metadata();
  expect({ exif, iptc, icc, comments, orientation }).toEqual({});
  expect(bytes.includes('SECRET')).toBe(false);
  await sharp(bytes, { failOn: 'warning' }).stats();
  return xmp === undefined ? null : readXmpRights(xmp);
};

describe.each(FORMATS)('to %s', (format) => {
  test.each(FORMATS)('the rights of a %s survive, nothing else does', async (from) => {
    const source = await (await picture()).withExif(EXIF).withXmp(XMP).toFormat(from).toBuffer();
    const output = await run(source, { format, metadata: 'rights' });
    expect(await rightsOf(output.bytes)).toEqual(EXPECTED);
  });

  test('by default, nothing survives', async () => {
    const source = await (await picture()).withExif(EXIF).withXmp(XMP).jpeg().toBuffer();
    expect(await rightsOf((await run(source, { format })).bytes)).toBeNull();
    expect(await rightsOf((await run(source, { format, metadata: 'none' })).bytes)).toBeNull();
  });

  test('a source without rights gets no packet', async () => {
    const source = await (await picture()).withXmp(xmpOf(PRIVATE)).jpeg().toBuffer();
    expect(await rightsOf((await run(source, { format, metadata: 'rights' })).bytes)).toBeNull();
  });
});

test.each([50, 100])('a PNG has its XMP as plain text, as readers expect it; quality %i', async (quality) => {
  const source = await (await picture()).withXmp(XMP).jpeg().toBuffer();
  const { bytes } = await run(source, { format: 'png', quality, metadata: 'rights' });
  expect(bytes.includes('iTXtXML:com.adobe.xmp\0\0')).toBe(true);
  expect(bytes.includes('<rdf:li>Ann &amp; Ben</rdf:li>')).toBe(true);
});

test('a resized picture of another profile, turned upright, keeps them', async () => {
  const image = (await picture()).withIccProfile('p3').withExif(EXIF).withXmp(XMP).withMetadata({ orientation: 6 });
  const output = await run(await image.jpeg().toBuffer(), { metadata: 'rights', maxWidth: 50 });
  expect(output.notes).toContain('resized');
  expect(await rightsOf(output.bytes)).toEqual(EXPECTED);
});

/** A segment right after the start of a JPEG. */
const withSegment = (jpeg: Buffer, marker: number, payload: Buffer): Buffer => {
  const length = payload.length + 2;
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, marker, length >> 8, length & 255]),
    payload,
    jpeg.subarray(2),
  ]);
};

test('what XMP does not say comes from IPTC-IIM, then from EXIF', async () => {
  const iim = photoshopOf(iimOf([80, 'Iim Author'], [90, 'SECRET'], [110, 'Iim Credit']));
  const exif = await (await picture()).withExif(EXIF).jpeg().toBuffer();
  expect(await rightsOf((await run(exif, { metadata: 'rights' })).bytes)).toEqual({
    creators: ['Exif Artist'],
    notice: '(C) Exif',
  });
  const both = withSegment(exif, 0xed, iim);
  expect(await rightsOf((await run(both, { metadata: 'rights' })).bytes)).toEqual({
    creators: ['Iim Author'],
    notice: '(C) Exif',
    credit: 'Iim Credit',
  });
  const named = xmpOf('<photoshop:Credit>Xmp Credit</photoshop:Credit>');
  const all = withSegment(await (await picture()).withExif(EXIF).withXmp(named).jpeg().toBuffer(), 0xed, iim);
  expect(await rightsOf((await run(all, { metadata: 'rights' })).bytes)).toMatchObject({
    creators: ['Iim Author'],
    credit: 'Xmp Credit',
  });
});

test('the tags of a TIFF are its EXIF', async () => {
  const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#369' } })
    .tiff({ compression: 'none' })
    .toBuffer();
  // A copy of the directory at the end, with the tag for the artist in its place by number.
  const at = plain.readUInt32LE(4);
  const entries = Array.from({ length: plain.readUInt16LE(at) }, (_, n) =>
    plain.subarray(at + 2 + 12 * n, at + 14 + 12 * n),
  );
  const artist = Buffer.from('Tiff Artist\0');
  const entry = Buffer.alloc(12);
  entry.writeUInt16LE(0x013b, 0);
  entry.writeUInt16LE(2, 2);
  entry.writeUInt32LE(artist.length, 4);
  entry.writeUInt32LE(plain.length, 8);
  const sorted = [...entries, entry].sort((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0));
  const count = Buffer.alloc(2);
  count.writeUInt16LE(sorted.length);
  const source = Buffer.concat([plain, artist, count, ...sorted, Buffer.alloc(4)]);
  source.writeUInt32LE(plain.length + artist.length, 4);
  expect(await rightsOf((await run(source, { metadata: 'rights' })).bytes)).toEqual({ creators: ['Tiff Artist'] });
});

describe('kept originals', () => {
  const drawing = async (channels: 3 | 4) =>
    sharp(
      await sharp({ create: { width: 201, height: 99, channels, background: channels === 4 ? '#06c8' : '#06c' } })
        .composite([{ input: { create: { width: 80, height: 50, channels: 3, background: '#fa0' } }, left: 7, top: 9 }])
        .png()
        .toBuffer(),
    );
  const palette = { palette: true, colours: 2, compressionLevel: 9, effort: 10 } as const;
  const SMALL: readonly (readonly [string, (typeof FORMATS)[number], () => Promise<Sharp>])[] = [
    ['JPEG', 'jpeg', async () => (await picture()).jpeg({ quality: 8 })],
    ['WebP', 'webp', async () => (await picture()).webp({ quality: 5 })],
    ['lossless WebP', 'webp', async () => (await picture()).threshold().webp({ lossless: true })],
    [
      'lossless WebP with alpha',
      'webp',
      async () => (await picture()).threshold().ensureAlpha(0.5).webp({ lossless: true }),
    ],
    ['PNG', 'png', async () => (await drawing(3)).png(palette)],
    ['PNG with alpha', 'png', async () => (await drawing(4)).png({ ...palette, colours: 4 })],
  ];

  test.each(SMALL)('%s', async (_what, format, build) => {
    const plain = await (await build()).toBuffer();
    const source = await (await build()).withExif(EXIF).withXmp(XMP).toBuffer();
    const output = await run(source, { format, quality: 100, metadata: 'rights' });
    // libexif names no colour space, which counts as uncalibrated next to a camera's name.
    expect(output.notes).toContain('kept_original');
    expect(await rightsOf(output.bytes)).toEqual(EXPECTED);
    expect(await sharp(output.bytes).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer());
    const { channels, width, height } = await sharp(output.bytes).metadata();
    expect(await sharp(plain).metadata()).toMatchObject({ channels, width, height });
  });

  test.each(SMALL)('a packet is attached to a plain %s', async (_what, format, build) => {
    const plain = await (await build()).toBuffer();
    const { width, height } = await sharp(plain).metadata();
    const attached = attachXmp(plain, XMP, format, { width, height });
    const metadata = await sharp(attached ?? Buffer.alloc(0)).metadata();
    expect(metadata.xmp?.toString()).toBe(XMP);
    expect(
      await sharp(attached ?? Buffer.alloc(0), { failOn: 'warning' })
        .raw()
        .toBuffer(),
    ).toEqual(await sharp(plain).raw().toBuffer());
  });
});

test.each([
  ['DOCTYPE', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${xmpOf('<dc:creator>&e;</dc:creator>')}`],
  ['no XML', 'GPS <<<'],
])('a picture with hostile XMP (%s) is right, and without rights', async (_what, xmp) => {
  const source = withSegment(
    await (await picture()).jpeg().toBuffer(),
    0xe1,
    Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp}`),
  );
  expect(await rightsOf((await run(source, { metadata: 'rights' })).bytes)).toBeNull();
});
