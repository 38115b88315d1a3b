import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Metadata } from 'sharp';
import { estimateBytes } from '../../../src/images/cost.ts';
import { requireReadable, sniff } from '../../../src/images/sniff.ts';
import { pixelAt } from '../../support/pictures.ts';
import { QUARTERS, quartersOf, UPRIGHT } from '../../support/quarters.ts';
import { run } from '../compress-with-defaults.ts';

/** Made by scripts/colour/heic.py. */
const heic = (name: string): Promise<Buffer> => readFile(path.join('test', 'fixtures', 'heic', `${name}.heic`));
const asPng = { format: 'png', quality: 100 } as const;

const { red: RED, green: GREEN, blue: BLUE, white: WHITE } = QUARTERS;

const replaced = (bytes: Buffer, from: string, to: string): Buffer => {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(from, 0, 'latin1'); at >= 0; at = copy.indexOf(from, at + 1, 'latin1')) {
    copy.write(to, at, 'latin1');
  }
  return copy;
};

const box = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
};

describe('orientation', () => {
  const names = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [`turned-${n}`, `turned-${n}-and-exif`]);
  it.each([...names, 'exif-only'])('%s comes out upright, because EXIF only repeats irot and imir', async (name) => {
    const output = await run(await heic(name), asPng);
    expect(output).toMatchObject({ ...UPRIGHT, notes: [] });
    expect(await quartersOf(output.bytes)).toEqual([RED, GREEN, BLUE, WHITE]);
  });

  it('limits of the size are those of the upright picture', async () => {
    expect(await run(await heic('turned-6'), { maxWidth: 48 })).toMatchObject({
      width: 48,
      height: 32,
      notes: ['resized'],
    });
  });
});

describe('what a HEIC can hold', () => {
  it('tiles are put together and cut to the size of the picture', async () => {
    const output = await run(await heic('grid'), asPng);
    expect(output).toMatchObject({ width: 200, height: 190, notes: [] });
    expect(await quartersOf(output.bytes)).toEqual([RED, GREEN, BLUE, WHITE]);
  });

  it('transparency is kept, and becomes the background where there is none', async () => {
    const bytes = await heic('alpha');
    expect(await pixelAt((await run(bytes, asPng)).bytes, 10, 10)).toEqual([0, 0, 0, 0]);
    expect(await pixelAt((await run(bytes)).bytes, 10, 10)).toEqual(WHITE);
  });

  it('a picture without colours is read', async () => {
    const grey = await pixelAt((await run(await heic('grey'), asPng)).bytes, 32, 32);
    for (const sample of grey) expect(Math.abs(sample - 129)).toBeLessThan(3);
  });

  it.each([
    ['p3-profile', ['profile_converted']],
    ['p3-nclx', ['profile_converted']],
    ['p3-profile-10-bits', ['profile_converted']],
    ['p3-profile-12-bits', ['profile_converted']],
    ['p3-nclx-10-bits', ['profile_converted']],
    ['p3-nclx-12-bits', ['profile_converted']],
    ['srgb', []],
  ])('the colours of %s are those of sRGB', async (name, notes) => {
    const [output, srgb] = [await run(await heic(name), asPng), await run(await heic('srgb'), asPng)];
    expect(output.notes).toEqual(notes);
    expect((await sharp(output.bytes).metadata()).icc).toBeUndefined();
    for (let patch = 0; patch < 24; patch += 1) {
      const [x, y] = [(patch % 6) * 32 + 16, Math.floor(patch / 6) * 32 + 16];
      const [found, wanted] = [await pixelAt(output.bytes, x, y), await pixelAt(srgb.bytes, x, y)];
      for (const [channel, value] of found.entries()) expect(Math.abs(value - (wanted[channel] ?? 0))).toBeLessThan(4);
    }
  });

  it('a profile of the tiles is that of the grid', async () => {
    const output = await run(await heic('grid-p3-in-tiles'), asPng);
    expect(output.notes).toEqual(['profile_converted']);
    const [red = 0, green = 0] = await pixelAt(output.bytes, 60, 60);
    // Red of Display P3 is beyond the signal that it has there.
    expect(red).toBeGreaterThan(210);
    expect(green).toBeLessThan(50);
  });

  it('of a sequence, the still picture is read', async () => {
    const bytes = Buffer.concat([await heic('grey'), box('moov', Buffer.alloc(16))]);
    expect((await run(bytes)).notes).toEqual(['first_frame_only']);
  });
});

describe('what is refused', () => {
  const refused = (code: string, message: string) =>
    expect.objectContaining({ code, publicMessage: expect.stringContaining(message) });

  it.each([
    ['avc1', 'H.264'],
    ['vvc1', 'VVC'],
    ['j2k1', 'JPEG 2000'],
    ['unci', 'uncompressed'],
  ])('%s inside, by its name', async (type, name) => {
    const bytes = replaced(await heic('grey'), 'hvc1', type);
    expect(requireReadable(bytes)).toBe('heic');
    await expect(run(bytes)).rejects.toEqual(refused('unsupported_image_format', name));
  });

  it.each(['pq', 'hlg'])('high dynamic range by %s', async (name) => {
    await expect(run(await heic(`hdr-${name}`))).rejects.toEqual(
      refused('unsupported_image_format', 'high dynamic range'),
    );
  });

  it('a sequence without a still picture', async () => {
    const bytes = Buffer.concat([
      box('ftyp', Buffer.from('hevc\0\0\0\0hevc', 'latin1')),
      box('moov', Buffer.alloc(16)),
    ]);
    await expect(run(bytes)).rejects.toEqual(refused('unsupported_image_format', 'without a still picture'));
  });

  it('more pixels than the limit, in the picture or in a tile, before anything is decoded', async () => {
    await expect(run(await heic('large'))).rejects.toEqual(refused('too_many_pixels', '1960000'));
    const grid = await heic('grid');
    // The `ispe` box of the tiles.
    const tile = Buffer.from([0, 0, 0, 128, 0, 0, 0, 128]);
    const at = grid.indexOf(tile);
    expect(at).toBeGreaterThan(0);
    grid.writeUInt32BE(100_000, at);
    await expect(run(grid)).rejects.toEqual(refused('too_many_pixels', '12800000'));
  });

  it('a large picture under the header of a small one, within the memory of the small one', async () => {
    const bytes = await heic('large-alpha');
    const side = Buffer.from([0, 0, 0x05, 0x78, 0, 0, 0x05, 0x78]);
    for (let at = bytes.indexOf(side); at >= 0; at = bytes.indexOf(side, at)) bytes.set([0, 0, 0, 8, 0, 0, 0, 8], at);
    const before = process.memoryUsage().rss;
    await expect(run(bytes)).rejects.toEqual(refused('corrupt_image', 'damaged'));
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    // What failed is not used again.
    expect(await run(await heic('grey'))).toMatchObject({ width: 64 });
  });

  it('cut files, wherever they are cut', async () => {
    for (const name of ['alpha', 'grid', 'turned-6']) {
      const bytes = await heic(name);
      for (let length = 64; length < bytes.length; length += 61) {
        await expect(run(bytes.subarray(0, length))).rejects.toEqual(
          expect.objectContaining({ code: 'corrupt_image' }),
        );
      }
    }
  });

  it('files with wrong bytes, by a code of their own and without a crash', async () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const originals = await Promise.all(['alpha', 'grid', 'turned-6', 'grey', 'p3-nclx'].map(heic));
    const codes = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(originals[round % originals.length] ?? []);
      // Behind the brands, which make it a HEIC.
      for (let flips = 1 + random(8); flips > 0; flips -= 1) bytes[28 + random(bytes.length - 28)] = random(256);
      const failure = await run(bytes, { source: 'heic' }).catch((error: { code?: string }) => error);
      if ('code' in failure) codes.add(String(failure.code));
      else expect(failure).toHaveProperty('notes');
    }
    expect([...codes].sort()).toEqual(expect.arrayContaining(['corrupt_image']));
    for (const code of codes) {
      expect(['corrupt_image', 'too_many_pixels', 'unsupported_image_format']).toContain(code);
    }
  });
});

it('a HEIF file under the general brand is read by its codec', async () => {
  const avif = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#ff0000' } })
    .avif()
    .toBuffer();
  const general = replaced(avif, 'avif', 'mif1');
  expect(sniff(general)).toBe('avif');
  expect(await run(general)).toMatchObject({ width: 16 });
  expect(sniff(replaced(await heic('grey'), 'heic', 'mif1'))).toBe('heic');
});

it('the estimate of memory is larger for pictures of more bits, and with transparency', async () => {
  const [plain, alpha] = [await heic('large'), await heic('large-alpha')];
  const size = { width: 1400, height: 1400 };
  const header = { ...size, autoOrient: size, channels: 3, depth: 'uchar', hasAlpha: false } as Metadata;
  const estimateOf = (bytes: Buffer) => estimateBytes(bytes, header, 'heic', [{ format: 'jpeg', quality: 50 }]);
  expect(estimateOf(alpha)).toBeGreaterThan(estimateOf(plain));
});

it('thousands in a row take no more memory than hundreds', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/support/workers/many-heic.mjs', '2000']);
  const { decoded, after, peak } = JSON.parse(stdout) as Record<'decoded' | 'after' | 'peak', number>;
  process.stdout.write(`HEIC: ${decoded} in a row, ${after} MiB after the first 300, at most ${peak} MiB\n`);
  expect(decoded).toBe(2000);
  expect(peak - after).toBeLessThan(120);
}, 120_000);
