import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { GIF_END, gifFrame, gifHeader } from '../hostile/containers.ts';

/** Each run starts the service and its database. */
jest.setTimeout(120_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpus-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = async (args: readonly string[], settings: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [resolve('scripts/corpus.mjs'), ...args], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
  const [code] = await once(child, 'close');
  return { code: code as number | null, out };
};

const picture = () => sharp({ create: { width: 60, height: 40, channels: 3, background: '#c84020' } });
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';

test('a folder with any file names: each picture next to what sharp alone says', async () => {
  const pictures = join(folder, 'pictures');
  await mkdir(join(pictures, 'deep', 'er'), { recursive: true });
  await picture()
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toFile(join(pictures, 'deep', 'er', 'a b#1%20?.jpg'));
  await picture().png().toFile(join(pictures, 'line\nbreak.png'));
  await writeFile(join(pictures, 'drawing.svg'), SVG);
  await writeFile(join(pictures, 'notes.txt'), 'no picture');
  await writeFile(
    Buffer.concat([Buffer.from(`${pictures}/`), Buffer.from([0xff, 0xfe])]),
    await picture().gif().toBuffer(),
  );
  const json = join(folder, 'out.json');
  const { code, out } = await run([pictures, '--format', 'webp', '--quality', '80', '--json', json]);
  expect(out).toContain('5 files: 1 failed, 1 explained, 3 same');
  expect(code).toBe(0);
  const report = JSON.parse(await readFile(json, 'utf8'));
  expect(report).toMatchObject({ format: 'webp', quality: 80 });
  expect(report.files.map(({ name, verdict }: Record<string, string>) => [name, verdict])).toEqual([
    ['notes.txt', 'failed'],
    ['drawing.svg', 'explained'],
    ['deep/er/a b#1%20?.jpg', 'same'],
    ['line\\u{a}break.png', 'same'],
    ['\ufffd\ufffd', 'same'],
  ]);
  expect(report.files[2]).toMatchObject({ service: { width: 40, height: 60 }, sharp: { width: 40, height: 60 } });
  expect(report.files[2].deltaE.mean).toBeLessThan(1);
});

test('kept sources, empty files, links and a GIF with gaps are no findings; long lists are cut', async () => {
  const photo = await sharp({
    create: {
      width: 200,
      height: 150,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg({ quality: 5 })
    .toBuffer();
  await writeFile(join(folder, 'kept.jpg'), photo);
  await writeFile(join(folder, 'empty.jpg'), '');
  await writeFile(join(folder, 'gaps.gif'), Buffer.concat([gifHeader(40, 40), gifFrame(), GIF_END]));
  await symlink(join(folder, 'kept.jpg'), join(folder, 'link.jpg'));
  const tile = await picture().tiff({ compression: 'none' }).toBuffer();
  for (let n = 0; n < 205; n += 1) await writeFile(join(folder, `tile-${n}.tif`), tile);
  const { code, out } = await run([folder]);
  expect(out).toContain('Links are not followed: 1.');
  expect(out).toMatch(/gaps\.gif .*leaves free/);
  expect(out).toMatch(/… and 6 more same/);
  expect(out).toMatch(/208 files: .*1 larger, 1 failed, 206 same/);
  expect(code).toBe(0);
});

test('exits 1 for a picture that sharp reads and the service refuses without a known reason', async () => {
  await picture().jpeg().toFile(join(folder, 'a.jpg'));
  const { code, out } = await run([folder], { ALLOWED_PORTS: '443' });
  expect(out).toMatch(/refused +a\.jpg +port_not_allowed +60×40/);
  expect(code).toBe(1);
});

test.each([
  [[], 'Name one folder.'],
  [['.', '--quality', '0'], '--quality'],
  [['.', '--format', 'gif'], '--format'],
  [['/no/such/folder'], 'cannot be read'],
])('what is wrong in %j is said', async (args, message) => {
  const { code, out } = await run(args);
  expect(out).toContain(message);
  expect(code).toBe(1);
});
