import { sniff } from '../../../src/images/sniff.ts';
import { type BmpParts, bmp } from '../../support/bmp.ts';
import { run } from '../compress-with-defaults.ts';

const refused = (code: string, message: string) =>
  expect.objectContaining({ code, publicMessage: expect.stringContaining(message) });

const palette = [
  [0, 0, 0],
  [255, 255, 255],
] as const;
const indexed = (parts: Partial<BmpParts> = {}): Buffer => bmp({ bits: 8, palette, ...parts });
const rle = (...data: readonly number[]): Buffer => indexed({ compression: 1, data: Buffer.from(data) });
/** A copy with a 32-bit number at a place of the file. */
const patched = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(value >>> 0, at);
  return copy;
};
const plain = bmp({ bits: 24 });

it.each([
  ['a JPEG inside', bmp({ bits: 0, size: 124, compression: 4, data: Buffer.alloc(100) }), 'JPEG inside'],
  ['a PNG inside', bmp({ bits: 0, size: 124, compression: 5, data: Buffer.alloc(100) }), 'PNG inside'],
  ['CMYK', bmp({ bits: 32, compression: 11 }), 'CMYK'],
  ['Huffman coding of OS/2', bmp({ bits: 1, size: 64, compression: 3, palette }), 'Huffman'],
  ['run lengths of 24 bits of OS/2', bmp({ bits: 24, size: 64, compression: 4 }), 'run lengths of 24 bits'],
  ['64 bits', bmp({ bits: 64, data: Buffer.alloc(1024) }), '64 bits'],
])('%s is refused by name', async (_what, bytes, name) => {
  await expect(run(bytes)).rejects.toEqual(refused('unsupported_image_format', name));
});

it.each([
  ['a header of an unknown size', patched(plain, 14, 66), 'unknown size'],
  ['a file that ends within its header', plain.subarray(0, 40), 'within its header'],
  ['a file that ends within its masks', bmp({ bits: 32, compression: 3 }).subarray(0, 60), 'within its header'],
  ['no width', patched(plain, 18, 0), 'no width'],
  ['a negative width', patched(plain, 18, -16), 'no width'],
  ['no height', patched(plain, 22, 0), 'no height'],
  ['bits that do not exist', patched(plain, 28, 3), '3 bits'],
  ['masks of 24 bits', patched(plain, 30, 3), '24 bits per pixel with compression 3'],
  ['run lengths of 24 bits', patched(plain, 30, 1), '24 bits per pixel with compression 1'],
  ['a compression that does not exist', patched(plain, 30, 99), 'compression 99'],
  ['pixels behind the file', patched(plain, 10, 1_000_000), 'outside the file'],
  ['pixels within the header', patched(plain, 10, 20), 'outside the file'],
  ['no masks', bmp({ bits: 32, compression: 3, size: 56 }), 'masks'],
  ['masks that overlap', bmp({ bits: 32, compression: 3, masks: [0xff, 0xff, 0xff00] }), 'masks'],
  ['masks with gaps', bmp({ bits: 32, compression: 3, masks: [0xf0f, 0xf0000, 0xf00000] }), 'masks'],
  ['masks beyond the pixel', bmp({ bits: 16, compression: 3, masks: [0xf0000, 0xf0, 0xf] }), 'masks'],
  ['no palette', indexed({ palette: [] }), 'no palette'],
  ['a colour that the palette has not', indexed({ pixel: () => 2 }), 'colour 2 of a palette with 2'],
  ['rows that are missing', plain.subarray(0, -100), 'cut off in row 6 of 8'],
  [
    'run lengths from the top',
    indexed({ compression: 1, isTopDown: true, data: Buffer.from([0, 1]) }),
    'top to bottom',
  ],
  ['run lengths without a pixel', rle(0, 1), 'no pixels'],
  ['run lengths that end too early', rle(16, 0, 0, 0, 8, 1), 'cut off in row 2 of 8'],
  ['a run that is cut', rle(0, 10, 1, 1, 1), 'cut off in row 1 of 8'],
  ['a move that is cut', rle(1, 1, 0, 2, 1), 'cut off in row 1 of 8'],
  ['a run past the end of its row', rle(10, 0, 0, 7, ...Array<number>(8).fill(1), 0, 1), 'leave the picture'],
  ['a move past the last row', rle(1, 0, 0, 2, 0, 8, 1, 1, 0, 1), 'leave the picture'],
  ['a move past the end of the row', rle(1, 0, 0, 2, 16, 0, 1, 1, 0, 1), 'leave the picture'],
  ['a row past the last', rle(...Array(8).fill([1, 0, 0, 0]).flat(), 1, 1, 0, 1), 'leave the picture'],
  ['a run with a colour that the palette has not', rle(1, 5, 0, 1), 'colour 5'],
])('%s is damage, and the message says where', async (_what, bytes, message) => {
  expect(sniff(bytes)).toBe('bmp');
  await expect(run(bytes)).rejects.toEqual(refused('corrupt_image', message));
});

it('more pixels than the limit are called so, whatever is missing', async () => {
  const large = patched(patched(plain, 18, 3_000_000), 22, 2_000_000);
  await expect(run(large)).rejects.toEqual(refused('too_many_pixels', '6000000000000'));
  await expect(run(patched(plain, 22, 0x80000000))).rejects.toEqual(refused('too_many_pixels', '2147483648'));
});

it('a picture of few bytes that declares many pixels takes no memory before it is damage', async () => {
  const before = process.memoryUsage().rss;
  const large = patched(patched(rle(1, 1, 0, 0), 18, 30_000), 22, 30_000);
  await expect(run(large, { maxPixels: 1_000_000_000 })).rejects.toEqual(refused('corrupt_image', 'cut off'));
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

it('cut files, wherever they are cut, are damage', async () => {
  for (const bytes of [plain, indexed({ size: 124 }), rle(...Array(8).fill([16, 1, 0, 0]).flat())]) {
    for (let length = 18; length < bytes.length - 2; length += 1) {
      await expect(run(bytes.subarray(0, length))).rejects.toEqual(expect.objectContaining({ code: 'corrupt_image' }));
    }
  }
});

it('files with wrong bytes end by a code of their own and without a crash', async () => {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const originals = [
    plain,
    indexed({ size: 124 }),
    indexed({ size: 12 }),
    bmp({ bits: 32, compression: 3, masks, size: 108 }),
    bmp({ bits: 16, compression: 6, masks: [0xf00, 0xf0, 0xf, 0xf000] }),
    rle(...Array(8).fill([4, 1, 0, 4, 1, 0, 1, 1, 0, 2, 2, 0, 6, 1, 0, 0]).flat(), 0, 1),
  ];
  const codes = new Set<string>();
  for (let round = 0; round < 1_000; round += 1) {
    const bytes = Buffer.from(originals[round % originals.length] ?? []);
    for (let flips = 1 + random(4); flips > 0; flips -= 1) bytes[14 + random(bytes.length - 14)] = random(256);
    const failure = await run(bytes, { source: 'bmp' }).catch((error: { code?: string }) => error);
    if ('code' in failure) codes.add(String(failure.code));
    else expect(failure).toHaveProperty('notes');
  }
  expect(codes).toContain('corrupt_image');
  for (const code of codes) expect(['corrupt_image', 'too_many_pixels', 'unsupported_image_format']).toContain(code);
});
