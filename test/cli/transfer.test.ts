import { readdir, readFile } from 'node:fs/promises';
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
  KEY,
  listen,
  NAME,
  redirectTo,
  run,
  secrets,
  service,
  stored,
} from './transfer-world.ts';

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
