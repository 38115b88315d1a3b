import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
// `it` is for the tests that need no embedded database.
import { embeddedTest as test } from '../support/embedded-test.ts';
import { failThen, ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { startTestService, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
let pictures: ImageServer;
let directory: string;
let children: ChildProcess[] = [];
/** Images that /limited.jpg may still answer; the others wait. */
let permits = 0;
let held: (() => void)[] = [];
/** Further variables of the runs of a test. */
let environment: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  pictures = await ImageServer.start();
  const jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/limited.jpg', (...call) => {
    if (permits-- > 0) ok(jpeg)(...call);
    else held.push(() => ok(jpeg)(...call));
  });
  pictures.on('/late.jpg', failThen(1, status(404), ok(jpeg)));
});
afterAll(() => pictures.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-'));
  environment = {};
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  held = [];
  await rm(directory, { recursive: true, force: true });
});

/** Runs the built command line in the test's folder, without a terminal. */
const start = (...args: string[]) => {
  const stdin = args.includes('-') ? openSync(join(directory, 'products.csv'), 'r') : 'ignore';
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    cwd: directory,
    env: { ...process.env, ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', WORKER_THREADS: '1', ...environment },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, errors }));
  return { child, ended };
};
const run = (...args: string[]) => start(...args).ended;
const write = (rows: readonly string[]) =>
  writeFile(join(directory, 'products.csv'), HEADER + rows.map((url, n) => `${n},P${n},${url}\n`).join(''));
const read = (name: string) => readFile(join(directory, name), 'utf8');
const images = async (folder = 'out-images') =>
  (await readdir(join(directory, folder))).filter((name) => !name.startsWith('.tmp-'));

test('writes a CSV and a folder of images; failures are summarized by reason and retried by the next run', async () => {
  await write([pictures.url('/good.jpg'), pictures.url('/late.jpg'), pictures.url('/good.jpg?2')]);
  const first = await run('compress', 'products.csv', '--out', 'out.csv', '--quality', '40');
  expect(first.errors).toContain('0/3');
  expect(first.out).toMatch(/3 images: 2 compressed, 1 failed\. .*% saved/);
  expect(first.out).toMatch(/1 {2}source_not_found {2}e\.g\. /);
  expect(first.code).toBe(1);
  expect((await read('out.csv')).split('\r\n')[2]).toBe(`1,P1,${pictures.url('/late.jpg')},`);

  // Where earlier versions kept what is needed to resume.
  await rename(join(directory, '.out-images.work'), join(directory, 'out-images', '.work'));
  const second = await run('compress', 'products.csv', '--out', 'out.csv', '--quality', '40');
  expect(second.errors).toContain('Retrying 1 failed image of an earlier run');
  expect(second.code).toBe(0);
  const names = await images();
  expect(names).toHaveLength(3);
  for (const line of (await read('out.csv')).trim().split('\r\n').slice(1)) {
    const [file = ''] = line.split(',').slice(-1);
    expect(file).toMatch(/^out-images\/[0-9a-f-]{36}\.jpg$/);
    expect((await sharp(join(directory, file)).metadata()).width).toBe(320);
  }
  // Only the missing image was downloaded again.
  expect(pictures.count('/good.jpg')).toBe(2);

  const third = await run('compress', 'products.csv', '--out', 'out.csv', '--quality', '40');
  expect(third).toMatchObject({ code: 0, errors: '', out: expect.stringMatching(/^Already finished: 3 images, .*%/) });
  await rm(join(directory, 'out-images', names[0] ?? ''));
  const fourth = await run('compress', 'products.csv', '--out', 'out.csv', '--quality', '40', '--concurrency', '2');
  expect(fourth).toMatchObject({ code: 0, errors: expect.stringContaining('are missing; starting over') });
  const written = (await read('out.csv')).match(/(?<=out-images\/)[^,\s]+/g) ?? [];
  expect(written).toHaveLength(3);
  expect(await images()).toEqual(expect.arrayContaining(written));
});

test.each(['SIGKILL', 'SIGINT'] as const)(
  'a run interrupted by %s is resumed by the same command',
  async (signal) => {
    // What a killed run was working on is tried again when its lease has ended.
    environment = { LEASE_SECONDS: '3' };
    await write(Array.from({ length: 40 }, (_, n) => `${pictures.url('/limited.jpg')}?${signal}${n}`));
    permits = 6;
    const first = start('compress', 'products.csv', '--out', 'out.csv');
    await waitFor(async () => (await images().catch(() => [])).length >= 4, 60_000);
    first.child.kill(signal);
    // A stop waits for the downloads in flight.
    for (const answer of held) answer();
    const { code } = await first.ended;
    expect(code).toBe(signal === 'SIGINT' ? 130 : null);
    const before = await images();
    expect(before.length).toBeLessThan(40);
    permits = 100;

    const second = await run('compress', 'products.csv', '--out', 'out.csv');
    expect(second.errors).toMatch(/Resuming an earlier run: \d+ of 40 images are done/);
    expect(second).toMatchObject({ code: 0 });
    const after = await images();
    expect(after).toHaveLength(40);
    expect(after).toEqual(expect.arrayContaining(before));
  },
  120_000,
);

it('--server uses a running service and downloads its outputs', async () => {
  const service = await startTestService({ API_KEYS: 'a-key-of-the-shop-here' });
  try {
    await write([pictures.url('/good.jpg?s'), pictures.url('/none.jpg')]);
    const args = ['compress', 'products.csv', '--server', service.url];
    expect(await run(...args)).toMatchObject({ code: 3, errors: expect.stringContaining('API key') });
    const done = await run(...args, '--api-key', 'a-key-of-the-shop-here');
    expect(done).toMatchObject({ code: 1, out: expect.stringContaining('1 compressed, 1 failed') });
    const [, first = ''] = (await read('products-output.csv')).split('\r\n');
    const url = first.split(',').at(-1) ?? '';
    expect(url.startsWith(`${service.url}/processed_images/`)).toBe(true);
    const [name = ''] = await images('products-output-images');
    expect(url.endsWith(name)).toBe(true);
    const served = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(served.equals(await readFile(join(directory, 'products-output-images', name)))).toBe(true);

    const key = ['--api-key', 'a-key-of-the-shop-here'];
    const piped = await run('compress', '-', '--server', service.url, ...key, '--names', '{serial}-{n}', '--json');
    expect(piped).toMatchObject({ code: 1, errors: '' });
    expect(await images('stdin-output-images')).toEqual(['0-1.jpg']);
    const objects = piped.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.filter(({ type }) => type === 'image')).toMatchObject([
      { row: 1, serialNumber: '0', status: 'completed', outputs: [{ file: 'stdin-output-images/0-1.jpg', url }] },
      { row: 2, serialNumber: '1', status: 'failed', outputs: [], error: { code: 'source_not_found' } },
    ]);
    expect(objects.at(-1)).toMatchObject({
      type: 'summary',
      exitCode: 1,
      total: 2,
      failed: 1,
      output: 'stdin-output.csv',
    });
  } finally {
    await service.close();
  }
});

it.each([
  [['compress', 'none.csv'], /^File not found: none\.csv\. See --help\.$/],
  [['compress', '.'], /^\. is a folder; give a CSV or Excel file\. See --help\.$/],
  [['compress', 'products.csv', '--out', '.'], /^--out \. is a folder; give the name of a file\. See --help\.$/],
  [['compress', 'products.csv', '--quality', '500'], /^--quality must be a whole number from 1 to 100\. See --help\.$/],
  [['compress', 'products.csv', '--server', 'http://127.0.0.1:1'], /cannot be reached \(ECONNREFUSED\)/],
])(
  '%j prints a one-line error',
  async (args, message) => {
    await write([pictures.url('/good.jpg')]);
    const { code, errors } = await run(...args);
    expect(errors.trim()).toMatch(message);
    expect(errors).not.toMatch(/\n {4}at /);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(args.includes('--server') ? 3 : 2);
    // Nothing was started.
    expect(await readdir(directory)).toEqual(['products.csv']);
  },
  60_000,
);

it('--dry-run asks the image servers for sizes, and writes nothing', async () => {
  const good = [pictures.url('/good.jpg?1'), pictures.url('/good.jpg?2')];
  await write([...good, pictures.url('/none.jpg'), good[0] ?? '']);
  const before = pictures.count('/good.jpg');
  const { code, out, errors } = await run('compress', 'products.csv', '--dry-run');
  expect(errors).toMatch(/^Found 4 image URLs in 4 rows/);
  expect(out).toMatch(/Would download 3 images from 1 host: \d+ kB in the 2 whose size is known\./);
  expect(out).toMatch(/Not available now:\n +1 {2}source_not_found {2}e\.g\. product 2: /);
  expect(code).toBe(1);
  expect(pictures.count('/good.jpg')).toBe(before + 2);
  expect(await readdir(directory)).toEqual(['products.csv']);

  environment = { ALLOW_PRIVATE_NETWORKS: '' };
  const guarded = await run('compress', 'products.csv', '--dry-run', '--json');
  expect(
    guarded.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { type: 'message' },
    { type: 'dryRun', images: 3, checked: 3, sizes: 0, failures: Array(3).fill({ code: 'address_not_allowed' }) },
  ]);
  expect(pictures.count('/good.jpg')).toBe(before + 2);
}, 60_000);

test('a Shopify export with two image columns: what was found is said, and the outputs replace the URLs', async () => {
  const csv = [
    'Handle,Title,Image Src,Variant Image,Price',
    `mug,Mug \xfc,${pictures.url('/good.jpg?a')},${pictures.url('/good.jpg?b')},9`,
    'mug,,,,9',
    `pot,Pot,${pictures.url('/none.jpg')},,8\n`,
  ].join('\n');
  await writeFile(join(directory, 'shop.csv'), csv, 'latin1');
  const { code, errors } = await run('compress', 'shop.csv', '--output', 'replace');
  expect(errors).toContain(
    'Found 3 image URLs in 3 rows, columns "Image Src", "Variant Image"; 1 row without images; encoding windows-1252.',
  );
  expect(code).toBe(1);
  const [header, first = '', second, third] = (await read('shop-output.csv')).replace('\uFEFF', '').split('\r\n');
  expect(header).toBe('Handle,Title,Image Src,Variant Image,Price');
  const [handle, title, src = '', variant = '', price] = first.split(',');
  expect([handle, title, price]).toEqual(['mug', 'Mug ü', '9']);
  for (const file of [src, variant]) {
    expect(file).toMatch(/^shop-output-images\/[0-9a-f-]{36}\.jpg$/);
    expect((await sharp(join(directory, file)).metadata()).width).toBe(320);
  }
  expect(src).not.toBe(variant);
  expect([second, third]).toEqual(['mug,,,,9', `pot,Pot,${pictures.url('/none.jpg')},,8`]);
  // Another choice of columns is another run.
  const named = ['--names', '{original}-{n}'];
  const chosen = await run('compress', 'shop.csv', '--output', 'replace', '--image-column', 'Variant Image', ...named);
  expect(await read('shop-output.csv')).toContain(',shop-output-images/good-1.jpg,');
  expect((await sharp(join(directory, 'shop-output-images/good-1.jpg')).metadata()).width).toBe(320);
  expect(chosen.errors).toContain('Found 1 image URL in 3 rows, column "Variant Image"; 2 rows without images');
  expect(chosen.errors).not.toContain('earlier run');
});

test('the errors of a CSV are listed with their lines', async () => {
  await write(['ftp://x/a.jpg', pictures.url('/good.jpg')]);
  const { code, errors } = await run('compress', 'products.csv', '--quality', '50');
  expect(code).toBe(2);
  expect(errors).toMatch(
    /line 2, Input Image Urls: Only http:\/\/ and https:\/\/ URLs are supported; "ftp:\/\/x\/a.jpg" starts with ftp/,
  );
  await write(['ftp://x/a.jpg', 'ftp://x/b.jpg']);
  expect((await run('compress', 'products.csv')).errors).toContain('  By kind: 2 csv_invalid_url');
  const wrong = await run('compress', 'products.csv', '--quality', '500');
  expect([wrong.code, wrong.errors]).toEqual([
    2,
    expect.stringContaining('quality must be a whole number from 1 to 100'),
  ]);
});
