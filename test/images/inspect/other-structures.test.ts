import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { requireReadable, sniff } from '../../../src/images/sniff.ts';
import { run } from '../compress-with-defaults.ts';

const fixture = (name: string) => readFileSync(`test/fixtures/pictures/${name}`);
const png100 = { format: 'png', quality: 100 } as const;
const firstPixel = async (bytes: Buffer) => [...(await sharp(bytes).removeAlpha().raw().toBuffer()).subarray(0, 3)];

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};
const words = (...values: number[]) => {
  const out = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) out.writeUInt32BE(value, index * 4);
  return out;
};
const SIDE = 12;
const pixels = (grey: number, side = SIDE) =>
  deflateSync(Buffer.concat(Array.from({ length: side }, () => Buffer.from([0, ...Array<number>(side).fill(grey)]))));
const control = (sequence: number, side = SIDE) =>
  chunk('fcTL', Buffer.concat([words(sequence, side, side, 0, 0), Buffer.alloc(6)]));
const apng = (...chunks: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([words(SIDE, SIDE), Buffer.from([8, 0, 0, 0, 0])])),
    ...chunks,
    chunk('IEND', Buffer.alloc(0)),
  ]);
const frame = (sequence: number, data: Buffer) => chunk('fdAT', Buffer.concat([words(sequence), data]));
const animation = chunk('acTL', words(2, 0));

describe('an animated PNG', () => {
  it('with a hidden default picture shows the first frame, in one chunk or several', async () => {
    const shown = pixels(200);
    const parts = [
      control(0),
      frame(1, shown.subarray(0, 5)),
      frame(2, shown.subarray(5)),
      control(3),
      frame(4, pixels(90)),
    ];
    const output = await run(apng(animation, chunk('IDAT', pixels(10)), ...parts), png100);
    expect(output.notes).toEqual(['first_frame_only']);
    expect(await firstPixel(output.bytes)).toEqual([200, 200, 200]);
    const other = await run(fixture('apng-hidden-default.png'), png100);
    expect(other.notes).toEqual(['first_frame_only']);
    expect(await firstPixel(other.bytes)).toEqual([220, 20, 20]);
  });

  it('whose default picture is the first frame shows that', async () => {
    const output = await run(
      apng(animation, control(0), chunk('IDAT', pixels(10)), control(1), frame(2, pixels(200))),
      png100,
    );
    expect(output.notes).toEqual(['first_frame_only']);
    expect(await firstPixel(output.bytes)).toEqual([10, 10, 10]);
  });

  it('without any frame shows its default picture', async () => {
    const output = await run(apng(animation, chunk('IDAT', pixels(10))), png100);
    expect(output.notes).toEqual([]);
    expect(await firstPixel(output.bytes)).toEqual([10, 10, 10]);
  });

  it('whose first frame is a part of the picture is refused by name', async () => {
    const bytes = apng(animation, chunk('IDAT', pixels(10)), control(0, 6), frame(1, pixels(200, 6)));
    await expect(run(bytes)).rejects.toMatchObject({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining('APNG'),
    });
  });
});

it('a PNG of Xcode is refused as CgBI', async () => {
  await expect(run(fixture('png-cgbi.png'))).rejects.toMatchObject({
    code: 'unsupported_image_format',
    publicMessage: expect.stringContaining('CgBI'),
  });
});

describe('an animated AVIF', () => {
  it('shows its still picture', async () => {
    const output = await run(fixture('avif-animated.avif'), png100);
    expect(output).toMatchObject({ width: 96, height: 64, notes: ['first_frame_only'] });
    expect(await firstPixel(output.bytes)).toEqual([220, 20, 20]);
  });

  it('without a still picture is refused by name', async () => {
    const bytes = Buffer.from(fixture('avif-animated.avif'));
    bytes.write('free', bytes.indexOf('meta'));
    await expect(run(bytes)).rejects.toMatchObject({
      code: 'unsupported_image_format',
      publicMessage: expect.stringContaining('animated AVIF'),
    });
  });
});

it.each([
  ['IIRO\x08\0\0\0', 'ORF'],
  ['MMOR\0\0\0\x08', 'ORF'],
  ['IIU\0\x18\0\0\0', 'RW2'],
  ['FUJIFILMCCD-RAW 0201', 'RAF'],
  ['FOVb\0\0\x02\0', 'X3F'],
  ['\0MRM\0\0\0\0', 'MRW'],
  ['\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'CR3'],
])('a raw file that starts with %j is refused as %s', (start, name) => {
  const bytes = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(100)]);
  expect(() => requireReadable(bytes)).toThrow(
    expect.objectContaining({ code: 'unsupported_image_format', publicMessage: expect.stringContaining(name) }),
  );
});

describe('a drawing is reported as SVG', () => {
  const root = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const entities = Array.from({ length: 60 }, (_, at) => `<!ENTITY ns_${at} "http://ns.example/${at}/">`).join('\n');
  const drawings: readonly (readonly [string, string])[] = [
    ['plain', root],
    [
      'after a declaration and a stylesheet',
      `<?xml version="1.0"?>\n<?xml-stylesheet href="a.css"?>\n<?other x?>${root}`,
    ],
    ['after a long comment', `<!-- ${'made by a program. '.repeat(200)} -->${root}`],
    [
      'after many entities',
      `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [\n${entities}\n]>${root}`,
    ],
    ['with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>'],
    ['with a prefix in its DOCTYPE', '<!DOCTYPE my-ns:svg [ <!ENTITY a "b"> ]><my-ns:svg xmlns:my-ns="x"/>'],
  ];
  it.each(drawings)('%s', (_, text) => {
    expect(sniff(Buffer.from(text))).toBe('svg');
    expect(sniff(Buffer.from(`\ufeff${text}`))).toBe('svg');
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(sniff(wide)).toBe('svg');
    expect(sniff(Buffer.from(wide).swap16())).toBe('svg');
  });

  it('but other XML is not', () => {
    expect(sniff(Buffer.from('<?xml version="1.0"?><feed><svg/></feed>'))).toBe('xml');
    expect(sniff(Buffer.from('<?xml version="1.0"?><svgs/>'))).toBe('xml');
  });
});

it('a PNG is turned by EXIF behind its picture', async () => {
  const plain = await sharp({ create: { width: 12, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const exif = Buffer.from('4d4d002a0000000800010112000300000001000600000000 0000'.replace(' ', ''), 'hex');
  const late = Buffer.concat([plain.subarray(0, -12), chunk('eXIf', exif), plain.subarray(-12)]);
  expect(await run(late, png100)).toMatchObject({ width: 8, height: 12, notes: [] });
  expect(await run(plain, png100)).toMatchObject({ width: 12, height: 8 });
});
