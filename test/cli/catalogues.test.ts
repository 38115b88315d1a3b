import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import readExcelFile from 'read-excel-file/node';
import sharp from 'sharp';
import writeExcelFile from 'write-excel-file/node';
// `it` is for the tests that need no embedded database.
import { embeddedTest as test } from '../support/embedded-test.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, waitFor } from '../support/service.ts';

let pictures: ImageServer;
let directory: string;
let children: ChildProcess[] = [];
/** Answers of /held.jpg that wait. */
let held: (() => void)[] = [];

beforeAll(async () => {
  pictures = await ImageServer.start();
  const jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/held.jpg', (...call) => held.push(() => ok(jpeg)(...call)));
});
afterAll(() => pictures.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  held = [];
  await rm(directory, { recursive: true, force: true });
});

/** Runs the built command line in the test's folder; `errors` grows with what it writes to stderr. */
const start = (...args: string[]) => {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), 'compress', ...args], {
    cwd: directory,
    env: { ...process.env, ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', WORKER_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const texts = { out: '', errors: '' };
  child.stdout?.on('data', (chunk) => {
    texts.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    texts.errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...texts }));
  return { child, texts, ended };
};
const run = (...args: string[]) => start(...args).ended;
const write = (name: string, data: string | Uint8Array) => writeFile(join(directory, name), data);
const read = (name: string) => readFile(join(directory, name), 'utf8');
const exists = async (name: string) => (await readdir(directory)).includes(name);
const serve = (path: string, body: string, type = 'text/csv') =>
  pictures.on(path, (response) => response.writeHead(200, { 'Content-Type': type }).end(body));

const workbook = (): Promise<Buffer> =>
  writeExcelFile([
    { sheet: 'Spring', data: [['Photo'], [pictures.url('/good.jpg?spring')]] },
    {
      sheet: 'Autumn',
      data: [
        ['SKU', 'Photo'],
        ['00042', pictures.url('/good.jpg?autumn')],
        ['B-2', pictures.url('/none.jpg')],
      ],
    },
  ]).toBuffer();

test('a workbook gives a workbook with the paths of the images, or a CSV if --out says so', async () => {
  await write('products.xlsx', await workbook());
  const first = await run('products.xlsx', '--sheet', 'Autumn');
  expect(first.errors).toContain('Found 2 image URLs in 2 rows, column "Photo"; sheet "Autumn".');
  expect(first.out).toContain('Output: products-output.xlsx, images: products-output-images');
  expect(first.code).toBe(1);
  const [sheet] = await readExcelFile(await readFile(join(directory, 'products-output.xlsx')));
  const [header, [sku, , path] = [], second] = sheet?.data ?? [];
  expect(header).toEqual(['SKU', 'Photo', 'Output Photo']);
  expect(sku).toBe('00042');
  expect(path).toMatch(/^products-output-images\/[0-9a-f-]{36}\.jpg$/);
  expect((await sharp(join(directory, String(path))).metadata()).width).toBe(320);
  expect(second?.slice(0, 2)).toEqual(['B-2', pictures.url('/none.jpg')]);

  // The first sheet is another run, in the same folder.
  const other = await run('products.xlsx', '-o', 'a.csv', '-i', 'small, really');
  expect(other).toMatchObject({ code: 0, errors: expect.stringContaining('sheet "Spring"') });
  // A comma in the folder's name does not add a column.
  expect(await read('a.csv')).toMatch(/^Photo,Output Photo\r\nhttp[^,]+,"small, really\/[0-9a-f-]{36}\.jpg"\r\n$/);

  const wrong = await run('products.xlsx', '--sheet', 'Winter');
  expect([wrong.code, wrong.errors]).toEqual([2, expect.stringMatching(/Winter.*"Spring"/s)]);
}, 120_000);

it('with --server, a workbook is saved as the service sends it', async () => {
  const service = await startTestService();
  try {
    await write('products.xlsx', await workbook());
    expect(await run('products.xlsx', '--server', service.url)).toMatchObject({ code: 0 });
    const [sheet] = await readExcelFile(await readFile(join(directory, 'products-output.xlsx')));
    expect(String(sheet?.data[1]?.[1])).toMatch(new RegExp(`^${service.url}/processed_images/`));
  } finally {
    await service.close();
  }
});

test('a link in place of a file: the output is placed here, and the next run reads what it leads to then', async () => {
  const link = pictures.url('/lists/products.csv');
  serve('/lists/products.csv', `Photo\n${pictures.url('/good.jpg?1')}\n`);
  expect(await run(link)).toMatchObject({ code: 0 });
  expect(await read('products-output.csv')).toContain('/good.jpg?1,products-output-images/');
  serve('/lists/products.csv', `Photo\n${pictures.url('/good.jpg?2')}\n`);
  const second = await run(link);
  expect(second.code).toBe(0);
  expect(await read('products-output.csv')).toContain('/good.jpg?2,products-output-images/');
  expect(await read('products-output.csv')).not.toContain('?1');

  serve('/login.csv', '<!doctype html><p>Log in</p>', 'text/html');
  const page = await run(pictures.url('/login.csv'));
  expect([page.code, page.errors]).toEqual([2, expect.stringContaining('Use the direct link')]);
}, 120_000);

it('an interrupted run of a link is resumed', async () => {
  const service = await startTestService();
  try {
    serve('/held.csv', `Photo\n${pictures.url('/held.jpg')}\n`);
    const args = [pictures.url('/held.csv'), '--server', service.url];
    const first = start(...args);
    await waitFor(async () => held.length > 0, 60_000);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(...args);
    await waitFor(async () => second.texts.errors.includes('Resuming an earlier run'), 60_000);
    for (const answer of held) answer();
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(pictures.count('/held.jpg')).toBe(1);
  } finally {
    await service.close();
  }
}, 120_000);

test('rows with failed images are saved as a file that is a catalogue again, and removed when there are none', async () => {
  await write(
    'shop.csv',
    `Name,Photo\nMug,${pictures.url('/good.jpg?f')}\nPot,${pictures.url('/soon.jpg')}\nPan,${pictures.url('/good.jpg?g')}\n`,
  );
  const first = await run('shop.csv');
  expect(first.code).toBe(1);
  expect(first.out).toMatch(/1 {2}source_not_found {2}e\.g\. row 2 below the header: /);
  expect(first.out).toMatch(
    /Rows with failed images are in shop-errors\.csv, .*Fix them there and run the command with that file/,
  );
  const failed = await read('shop-errors.csv');
  expect(failed).toMatch(/^Name,Photo,Error Code,Error,What To Do\r\nPot,\S+\/soon\.jpg,source_not_found,/);
  expect(failed).not.toMatch(/^(?:Mug|Pan)/m);

  await write('shop-errors.csv', failed.replace('/soon.jpg', '/good.jpg?h'));
  const corrected = await run('shop-errors.csv');
  expect(corrected).toMatchObject({ code: 0, errors: expect.stringContaining('Found 1 image URL in 1 row') });
  expect(corrected.out).not.toContain('failed images');
  expect(await exists('shop-errors.csv')).toBe(true);

  pictures.on('/soon.jpg', ok(await makeImage('jpeg')));
  expect(await run('shop.csv')).toMatchObject({ code: 0, errors: expect.stringContaining('Retrying 1 failed') });
  expect(await exists('shop-errors.csv')).toBe(false);
  // Not written by a run.
  await write('shop-errors.csv', 'my own notes\n');
  expect(await run('shop.csv')).toMatchObject({ code: 0 });
  expect(await read('shop-errors.csv')).toBe('my own notes\n');
}, 150_000);

const eachOutputs = async (where: 'here' | 'from a running service'): Promise<void> => {
  await write('products.csv', `SKU,Image\nA,${pictures.url('/good.jpg')}\nB,${pictures.url('/none.jpg')}\n`);
  const service = where === 'here' ? null : await startTestService();
  const { code } = await run(
    ...['products.csv', '--outputs', 'jpeg:50,webp:50:160,webp:70:160'],
    ...(service === null ? [] : ['--server', service.url]),
  );
  await service?.close();
  expect(code).toBe(1);
  const [header, row, failed] = (await read('products-output.csv')).split('\r\n');
  expect(header).toBe('SKU,Image,Output Image,Output Image (webp 160 quality 50),Output Image (webp 160 quality 70)');
  expect(failed).toBe(`B,${pictures.url('/none.jpg')},,,`);
  const paths = (row ?? '').split(',').slice(2);
  const files = await readdir(join(directory, 'products-output-images'));
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
  expect(files.filter((name) => !name.startsWith('.')).sort()).toEqual(names.sort());
  const widths = await Promise.all(
    names.map(async (name) => (await sharp(join(directory, 'products-output-images', name)).metadata()).width),
  );
  expect(widths.sort()).toEqual([160, 160, 320]);
};
test('--outputs: all files are here', () => eachOutputs('here'), 60_000);
it('--outputs: all files are from a running service', () => eachOutputs('from a running service'), 60_000);
