import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import {
  bytesOf,
  CSV,
  directory,
  FOLDER,
  ID,
  image,
  jpeg,
  listen,
  NAME,
  run,
  service,
  stored,
} from './transfer-world.ts';

describe('files of an earlier run', () => {
  test.each<[string, () => Buffer]>([
    ['1 byte', () => Buffer.from('x')],
    ['half of it', () => jpeg.subarray(0, jpeg.length >> 1)],
    ['as many bytes of something else', () => Buffer.alloc(jpeg.length, 'x')],
  ])('%s under the final name is replaced', async (_what, bytes) => {
    await mkdir(join(directory, FOLDER));
    await writeFile(join(directory, FOLDER, NAME), bytes());
    const cdn = await listen(image);
    const { url } = await service(() => `${cdn.url}/${NAME}`);
    expect(await run(url)).toMatchObject({ code: 0 });
    expect((await bytesOf()).equals(jpeg)).toBe(true);
  });

  test('a valid image is not downloaded again; temporary files of dead runs are removed, those of live runs stay', async () => {
    await mkdir(join(directory, FOLDER));
    await writeFile(join(directory, FOLDER, NAME), jpeg);
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    const alive = `.${NAME}.${process.pid}.tmp`;
    for (const name of [`.${NAME}.${ended.pid}.tmp`, alive, '.notes.1.tmp']) {
      await writeFile(join(directory, FOLDER, name), 'half');
    }
    await writeFile(join(directory, `.products-output.csv.${ended.pid}.tmp`), 'half');
    const cdn = await listen(image);
    const { url } = await service(() => `${cdn.url}/${NAME}`);
    expect(await run(url)).toMatchObject({ code: 0 });
    expect(cdn.seen).toEqual([]);
    expect((await stored()).sort()).toEqual(['.notes.1.tmp', alive, NAME].sort());
    expect((await readdir(directory)).sort()).toEqual([FOLDER, 'products-output.csv', 'products.csv']);
  });
});

describe('the CSV that replaces URLs', () => {
  const found = { encoding: 'utf-8', sheet: null, columns: { images: ['Photo "A"'] }, notes: [] };
  const answer: RequestListener = (request, response) => {
    const body = { requestId: ID, file: { ...found, rows: 1, rowsWithoutImages: 0, images: 1 } };
    request.resume().on('end', () => response.writeHead(202).end(JSON.stringify(body)));
  };
  test.each([
    ['Name,"Photo ""A"""\r\nP,x\r\n', 0],
    ['Name,Other\r\nP,x\r\n', 3],
  ])(
    '%j: exit code %i',
    async (csv, code) => {
      const { url } = await service((own) => `${own}/${NAME}`, {
        [`/${NAME}`]: image,
        '/api/upload': answer,
        [`/api/output/${ID}`]: (_request, response) => {
          response.writeHead(200, { 'Content-Length': csv.length }).end(csv);
        },
      });
      expect(await run(url, '--output', 'replace')).toMatchObject({ code });
    },
    60_000,
  );
});

describe('the CSV', () => {
  const path = `/api/output/${ID}`;
  const text =
    (body: string, type = 'text/csv'): RequestListener =>
    (_request, response) => {
      response.writeHead(200, { 'Content-Type': type }).end(body);
    };

  test.each<[string, RequestListener, RegExp]>([
    ['1 byte', text('x'), /received 1 byte that are not the output CSV/],
    ['HTML', text('<!doctype html><p>Output Image Urls</p>\n', 'text/html'), /not the output CSV/],
    ['a truncated last line', text(CSV.slice(0, -9)), /last line of the CSV is truncated/],
    [
      'a cut connection',
      (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/csv' });
        response.write(CSV, () => response.destroy());
      },
      /the connection to 127\S+ failed/,
    ],
    [
      'no length and no chunks',
      (_request, response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\n${CSV}`);
      },
      /has no Content-Length/,
    ],
  ])(
    '%s: the old file is kept',
    async (_what, answer, message) => {
      await writeFile(join(directory, 'products-output.csv'), 'the old one\r\n');
      const { url } = await service((own) => `${own}/${NAME}`, { [`/${NAME}`]: image, [path]: answer });
      const { code, errors } = await run(url);
      expect(errors).toMatch(message);
      expect(errors).toContain('products-output.csv was not saved');
      expect(code).toBe(3);
      expect(await readFile(join(directory, 'products-output.csv'), 'utf8')).toBe('the old one\r\n');
      expect((await readdir(directory)).sort()).toEqual([FOLDER, 'products-output.csv', 'products.csv']);
    },
    60_000,
  );
});

describe('the workbook', () => {
  const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
  const start = Buffer.from('PK\x03\x04 entries', 'latin1');
  test.each<[string, Buffer, RegExp | null]>([
    ['complete', Buffer.concat([start, end]), null],
    ['without its end', start, /the end of the workbook is missing/],
    ['a CSV', Buffer.from(CSV), /not the output workbook/],
  ])(
    '%s',
    async (_what, body, message) => {
      const { url, seen } = await service((own) => `${own}/${NAME}`, {
        [`/${NAME}`]: image,
        [`/api/output/${ID}`]: (_request, response) => {
          response.writeHead(200, { 'Content-Length': body.length }).end(body);
        },
      });
      const { code, errors } = await run(url, '--out', 'out.xlsx', '--images', FOLDER);
      expect(code).toBe(message === null ? 0 : 3);
      if (message !== null) expect(errors).toMatch(message);
      expect(seen.map(({ path }) => path)).toContain(`/api/output/${ID}?format=xlsx`);
      expect((await readdir(directory)).includes('out.xlsx')).toBe(message === null);
    },
    60_000,
  );
});

test('failed rows that cannot be saved: the output and the summary are there, and the exit code says that a file is missing', async () => {
  const status: RequestListener = (_request, response) => {
    const failed = { id: ID, inputUrl: 'https://x.example/a.jpg', status: 'failed', outputUrl: null, bytesOut: null };
    const images = [{ ...failed, error: { code: 'source_not_found', message: 'Gone.' } }];
    const body = {
      ...{ status: 'failed', finishedAt: new Date().toISOString(), products: [{ images }], next: null },
      progress: { total: 1, completed: 0, failed: 1, cancelled: 0, percent: 100 },
      bytes: { in: 0, out: 0, savedPercent: 0 },
    };
    response.writeHead(200).end(JSON.stringify(body));
  };
  const { url } = await service((own) => `${own}/${NAME}`, { [`/api/status/${ID}`]: status });
  const { code, errors } = await run(url);
  expect(errors).toMatch(/products-errors\.csv was not saved: \S+ returned status 404/);
  expect(code).toBe(3);
  expect(await readdir(directory)).toEqual(['products-output.csv', 'products.csv']);
});

test('a server that is not this service is reported in one line', async () => {
  const { url } = await listen((request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>');
  });
  const { code, errors } = await run(url);
  expect(errors).toMatch(/The server at http:\/\/127\S+ is not this service\. Check --server\./);
  expect([code, errors.includes('    at ')]).toEqual([3, false]);
});
