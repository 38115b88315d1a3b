import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createFolderNames, safeName } from '../../src/results/archive-names.ts';
import { type ZipEntry, zip } from '../../src/results/zip.ts';

const entry = (name: string, ...chunks: Uint8Array[]): ZipEntry => ({
  name,
  modified: new Date('2026-02-03T04:05:06Z'),
  open: async () => Readable.from(chunks),
});
async function* list(...entries: ZipEntry[]): AsyncGenerator<ZipEntry> {
  yield* entries;
}

/** Reads with Python's zipfile: an independent implementation that supports zip64. */
const inspect = async (entries: AsyncIterable<ZipEntry>, script: string): Promise<unknown> => {
  const folder = await mkdtemp(join(tmpdir(), 'zip-'));
  try {
    await pipeline(Readable.from(zip(entries)), createWriteStream(join(folder, 'a.zip')));
    const run = spawnSync('python3', ['-c', `import zipfile,json\nz=zipfile.ZipFile('a.zip')\n${script}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('another implementation reads names, bytes, times and checksums', async () => {
  const large = Buffer.alloc(6 * 1024 * 1024, 'z');
  const seen = await inspect(
    list(
      entry('1-Becher grün/1.jpg', Buffer.from('one')),
      entry('empty'),
      entry('2/1.jpg', large.subarray(0, 5e6), large.subarray(5e6)),
    ),
    `print(json.dumps([z.testzip(), [[i.filename, i.file_size, i.compress_type, list(i.date_time), i.flag_bits >> 11 & 1] for i in z.infolist()], z.read('1-Becher grün/1.jpg').decode()]))`,
  );
  const time = [2026, 2, 3, 4, 5, 6];
  expect(seen).toEqual([
    null,
    [
      ['1-Becher grün/1.jpg', 3, 0, time, 1],
      ['empty', 0, 0, time, 1],
      ['2/1.jpg', large.length, 0, time, 1],
    ],
    'one',
  ]);
});

test('archives with no entries and with 65,600 entries are complete', async () => {
  expect(await inspect(list(), 'print(json.dumps(len(z.infolist())))')).toBe(0);
  async function* many(): AsyncGenerator<ZipEntry> {
    for (let n = 0; n < 65_600; n += 1) yield entry(`${n}`, Buffer.from(`${n}`));
  }
  expect(await inspect(many(), `print(json.dumps([len(z.infolist()), z.read('65599').decode()]))`)).toEqual([
    65_600,
    '65599',
  ]);
}, 600_000);

test('beyond 4 GiB, offsets and sizes are 8 bytes wide', async () => {
  const zeroes = Buffer.alloc(64 * 1024 * 1024);
  const big: ZipEntry = {
    ...entry('big'),
    open: async () =>
      Readable.from(
        (function* () {
          for (let n = 0; n < 65; n += 1) yield zeroes;
        })(),
      ),
  };
  const tail: Buffer[] = [];
  let total = 0;
  for await (const piece of zip(list(big, entry('after', Buffer.from('x'))))) {
    total += piece.length;
    if (piece.length < 1_000) tail.push(piece);
  }
  const size = 65 * zeroes.length;
  expect(total).toBeGreaterThan(size);
  const directory = Buffer.concat(tail);
  const first = directory.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  expect(directory.readUInt32LE(first + 24)).toBe(0xffffffff);
  expect(directory.readBigUInt64LE(first + 46 + 3 + 4)).toBe(BigInt(size));
  const second = directory.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), first + 4);
  expect(directory.readUInt32LE(second + 42)).toBe(0xffffffff);
  expect(directory.readBigUInt64LE(second + 46 + 5 + 4)).toBe(BigInt(30 + 3 + 20 + size + 24));
  expect(directory.indexOf(Buffer.from([0x50, 0x4b, 6, 6]))).toBeGreaterThan(second);
});

test.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['a\u0000b\u202ec', 'a_b_c'],
  ['dots. . ', 'dots'],
  ['', '_'],
  ['...', '_'],
  ['Ü'.normalize('NFD'), 'Ü'],
])('%j becomes %j', (text, name) => expect(safeName(text)).toBe(name));

test('folder names are short, and unique ignoring case', () => {
  const folderOf = createFolderNames();
  expect(
    [folderOf('1', 'Mug', 1), folderOf('1', 'mug', 1), folderOf('1', 'MUG', 1), folderOf('', '😀'.repeat(200), 1)].map(
      (n) => n.length <= 85,
    ),
  ).toEqual([true, true, true, true]);
  expect([folderOf('1', 'Mug', 1), folderOf('1', 'mug (2)', 1)]).toEqual(['1-Mug (4)', '1-mug (2) (2)']);
});

test('a reader that stops early closes the open entry and opens no more', async () => {
  const source = Readable.from([Buffer.alloc(5_000_000), Buffer.alloc(5_000_000)]);
  let opened = 0;
  const counting = (stream: Readable): ZipEntry => ({
    ...entry('x'),
    open: async () => {
      opened += 1;
      return stream;
    },
  });
  const archive = zip(list(counting(source), counting(Readable.from([]))));
  expect((await archive.next()).value?.length).toBe(30 + 1 + 20);
  await archive.return(undefined);
  expect([source.destroyed, opened]).toEqual([true, 1]);
});
