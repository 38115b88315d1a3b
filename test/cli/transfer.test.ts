import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeImage } from '../support/servers/image-server.mjs';

const KEY = 'a-key-for-this-service-only';
const ID = '5b0c1e0a-0000-4000-8000-000000000001';
const NAME = `${ID}.jpg`;
const CSV = `S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,P,https://x.example/a.jpg,out\r\n`;

let jpeg: Buffer;
let directory: string;
const servers: Server[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  jpeg = await makeImage('jpeg', { width: 200, height: 150 });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-transfer-'));
  await writeFile(
    join(directory, 'products.csv'),
    'S. No.,Product Name,Input Image Urls\n1,P,https://x.example/a.jpg\n',
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(directory, { recursive: true, force: true });
});

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

const listen = async (answer: RequestListener): Promise<{ url: string; seen: Seen[] }> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

const image: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length }).end(jpeg);
};
const redirectTo =
  (to: () => string, code = 302): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { Location: to() }).end();
  };

/** A fake service with one completed image; `own` overrides the response of a path. */
const service = async (outputUrl: (url: string) => string, own: Readonly<Record<string, RequestListener>> = {}) => {
  const started = await listen((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const mine = own[path];
    if (mine !== undefined) return mine(request, response);
    const json = (body: unknown, code = 200) =>
      response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (path === '/api/upload') {
      request.resume().on('end', () => json({ requestId: ID }, 202));
    } else if (path === `/api/status/${ID}`) {
      const one = {
        ...{ id: ID, inputUrl: 'https://x.example/a.jpg', status: 'completed', error: null },
        ...{ outputUrl: outputUrl(started.url), bytesOut: jpeg.length },
      };
      json({
        ...{ status: 'completed', finishedAt: new Date().toISOString(), products: [{ images: [one] }], next: null },
        progress: { total: 1, completed: 1, failed: 0, cancelled: 0, percent: 100 },
        bytes: { in: 2 * jpeg.length, out: jpeg.length, savedPercent: 50 },
      });
    } else if (path === `/api/output/${ID}`) {
      response.writeHead(200, { 'Content-Type': 'text/csv' }).end(CSV);
    } else {
      json({ detail: 'No such route.', code: 'route_not_found' }, 404);
    }
  });
  return started;
};

/** Runs the built command line with the key in the environment. */
const run = async (server: string) => {
  const args = ['compress', 'products.csv', '--server', server];
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    cwd: directory,
    env: { ...process.env, API_KEY: KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, errors };
};

const FOLDER = 'products-output-images';
const stored = async (): Promise<string[]> => readdir(join(directory, FOLDER)).catch(() => []);
const bytesOf = (name = NAME): Promise<Buffer> => readFile(join(directory, FOLDER, name));
const secrets = (seen: readonly Seen[]): string[] =>
  seen.map(({ headers }) => JSON.stringify(headers)).filter((text) => text.includes(KEY));

describe('the key', () => {
  test('is sent to the service, and not to the CDN of an output URL', async () => {
    const cdn = await listen(image);
    const { url, seen } = await service(() => `${cdn.url}/shop/${NAME}`);
    expect(await run(url)).toMatchObject({ code: 0 });
    expect(seen.length).toBeGreaterThan(3);
    expect(secrets(seen)).toHaveLength(seen.length);
    expect(cdn.seen).toHaveLength(1);
    expect(secrets(cdn.seen)).toEqual([]);
    expect((await bytesOf()).equals(jpeg)).toBe(true);
    expect(await stored()).toEqual([NAME]);
    expect(await readFile(join(directory, 'products-output.csv'), 'utf8')).toBe(CSV);
  });

  test.each([301, 302, 303, 307, 308])(
    'is not sent after a redirect %i to a bucket, or from there to another port',
    async (code) => {
      const last = await listen(image);
      const bucket = await listen(redirectTo(() => `${last.url}/${NAME}?X-Amz-Signature=abc`, code));
      const path = `/processed_images/${NAME}`;
      const { url, seen } = await service((own) => `${own}${path}`, {
        [path]: redirectTo(() => `${bucket.url}/b/${NAME}`, code),
      });
      expect(await run(url)).toMatchObject({ code: 0 });
      expect(seen.some((one) => one.path === path && one.headers.authorization === `Bearer ${KEY}`)).toBe(true);
      for (const foreign of [bucket, last]) {
        expect(foreign.seen).toHaveLength(1);
        expect(secrets(foreign.seen)).toEqual([]);
      }
      expect((await bytesOf()).equals(jpeg)).toBe(true);
    },
  );

  test.each(['/api/upload', `/api/status/${ID}`, `/api/output/${ID}`])(
    'is not sent when %s redirects to another origin',
    async (path) => {
      const foreign = await listen(image);
      const { url } = await service((own) => `${own}/${NAME}`, {
        [`/${NAME}`]: image,
        [path]: (request, response) => {
          request.resume();
          redirectTo(() => `${foreign.url}${path}`, 307)(request, response);
        },
      });
      const { code, errors } = await run(url);
      expect([code, foreign.seen]).toEqual([3, []]);
      expect(errors).toContain(`redirects to ${foreign.url}`);
      expect(errors).not.toContain(KEY);
    },
  );

  test('is not sent when the next page of a status has another origin', async () => {
    const foreign = await listen(image);
    const { url } = await service((own) => `${own}/${NAME}`, {
      [`/api/status/${ID}`]: (_request, response) => {
        const body = {
          ...{
            status: 'completed',
            finishedAt: new Date().toISOString(),
            products: [],
            next: `${foreign.url}/api/status/2`,
          },
          progress: { total: 1, completed: 1, failed: 0, cancelled: 0, percent: 100 },
          bytes: { in: 2, out: 1, savedPercent: 50 },
        };
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      },
    });
    expect(await run(url)).toMatchObject({ code: 3 });
    expect(secrets(foreign.seen)).toEqual([]);
  });
});

describe('an invalid image response leaves no file', () => {
  const page = Buffer.from('<!doctype html><html><body>Please log in</body></html>');
  const send =
    (bytes: Buffer, headers: Record<string, string | number>): RequestListener =>
    (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg', ...headers }).end(bytes);
    };
  const cut =
    (headers: Record<string, string | number>): RequestListener =>
    (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg', ...headers });
      response.write(jpeg.subarray(0, jpeg.length >> 1), () => response.destroy());
    };
  const sameSize = Buffer.alloc(1);

  test.each<[string, () => RequestListener, RegExp]>([
    ['1 byte', () => send(Buffer.from('x'), { 'Content-Length': 1 }), /received 1 byte instead of \d+ bytes from 127/],
    [
      '1 byte in chunks',
      () => send(Buffer.from('x'), { 'Transfer-Encoding': 'chunked' }),
      /received 1 byte instead of/,
    ],
    ['nothing', () => send(Buffer.alloc(0), { 'Content-Length': 0 }), /received 0 bytes instead of/],
    ['HTML', () => send(page, { 'Content-Length': page.length }), /received 54 bytes instead of/],
    [
      'HTML of the same size',
      () => send(Buffer.concat([page, Buffer.alloc(jpeg.length - page.length, ' ')]), {}),
      /of HTML instead of a JPEG image/,
    ],
    [
      'zeros of the same size',
      () => send(Buffer.concat([sameSize, Buffer.alloc(jpeg.length - 1)]), {}),
      /unknown type instead of a JPEG image/,
    ],
    ['a byte too many', () => send(Buffer.concat([jpeg, sameSize]), {}), /received \d+ bytes instead of/],
    ['a cut body', () => cut({ 'Content-Length': jpeg.length }), /the connection to 127\S+ failed/],
    ['a cut body in chunks', () => cut({}), /the connection to 127\S+ failed/],
    [
      'a body without end',
      () => (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'image/jpeg' });
        const more = (): void => void response.write(jpeg, (error) => error ?? setImmediate(more));
        more();
      },
      /received \d+ bytes instead of/,
    ],
    ['404', () => (_request, response) => void response.writeHead(404).end(), /returned status 404/],
  ])(
    '%s',
    async (_what, answer, message) => {
      const cdn = await listen(answer());
      const { url } = await service(() => `${cdn.url}/${NAME}`);
      const { code, errors } = await run(url);
      expect(errors).toMatch(message);
      expect(errors).toContain(join(FOLDER, NAME));
      expect(errors).toContain('Run the same command again');
      expect(errors).not.toMatch(/\n {4}at /);
      expect(code).toBe(3);
      expect(await stored()).toEqual([]);
      expect(cdn.seen).toHaveLength(message.source.includes('404') ? 1 : 3);
      // The output CSV is complete.
      expect(await readFile(join(directory, 'products-output.csv'), 'utf8')).toBe(CSV);
    },
    60_000,
  );

  test('two failures are retried', async () => {
    let asked = 0;
    const cdn = await listen((request, response) => {
      asked += 1;
      const answers: RequestListener[] = [cut({ 'Content-Length': jpeg.length }), send(Buffer.from('x'), {}), image];
      answers[asked - 1]?.(request, response);
    });
    const { url } = await service(() => `${cdn.url}/${NAME}`);
    expect(await run(url)).toMatchObject({ code: 0 });
    expect((await bytesOf()).equals(jpeg)).toBe(true);
    expect(await stored()).toEqual([NAME]);
  });

  test.each(['../../escape.jpg', '.bashrc', 'run.sh', ''])(
    'an output URL that ends in %j creates no file',
    async (name) => {
      const { url } = await service((own) => `${own}/images/${name}`, { [`/images/${name}`]: image });
      const { code, errors } = await run(url);
      expect([code, await stored()]).toEqual([3, []]);
      expect(errors).toContain('returned an invalid output URL');
      expect((await readdir(directory)).sort()).toEqual(['products.csv']);
    },
  );
});

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

test('a server that is not this service is reported in one line', async () => {
  const { url } = await listen((request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>');
  });
  const { code, errors } = await run(url);
  expect(errors).toMatch(/The server at http:\/\/127\S+ is not this service\. Check --server\./);
  expect([code, errors.includes('    at ')]).toEqual([3, false]);
});
