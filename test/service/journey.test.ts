import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';
import {
  failThen,
  html,
  ImageServer,
  lyingLength,
  makeImage,
  ok,
  redirect,
  slow,
  status as statusCode,
  truncated,
} from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import {
  finished,
  startTestService,
  statusOf,
  type TestService,
  upload,
  uploaded,
  waitFor,
} from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

let service: TestService;
let pictures: ImageServer;
let jpeg: Buffer;

beforeAll(async () => {
  pictures = await ImageServer.start();
  jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/w_300,c_fill/good.jpg', ok(jpeg));
  service = await startTestService();
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

const imagesOf = (status: Awaited<ReturnType<typeof statusOf>>) => status.products.flatMap((product) => product.images);
const output = async (requestId: string): Promise<string> =>
  (await fetch(`${service.url}/api/output/${requestId}`)).text();

test('turns a CSV into compressed images, a status and an output CSV', async () => {
  const good = pictures.url('/good.jpg');
  const csv = `${HEADER}1,"Mug, blue","${good},${pictures.url('/w_300,c_fill/good.jpg')}"\n2,Mug,${good}\n2,Mug,${good}\n`;
  const requestId = await uploaded(service.url, csv);
  const status = await finished(service.url, requestId);

  expect(status).toMatchObject({
    status: 'completed',
    progress: { total: 4, completed: 4, failed: 0, pending: 0, percent: 100 },
    webhook: null,
    next: null,
  });
  expect(
    status.products.map(({ serialNumber, productName, images }) => [serialNumber, productName, images.length]),
  ).toEqual([
    ['1', 'Mug, blue', 2],
    ['2', 'Mug', 1],
    ['2', 'Mug', 1],
  ]);
  expect(status.bytes.in).toBe(4 * jpeg.length);
  expect(status.bytes.out).toBeLessThan(status.bytes.in);
  expect(status.bytes.savedPercent).toBeGreaterThan(0);

  for (const image of imagesOf(status)) {
    expect(image.outputUrl).toBe(`${service.url}/processed_images/${image.id}.jpg`);
    const response = await fetch(image.outputUrl ?? '');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(bytes.length).toBe(image.bytesOut);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
    expect(bytes.equals(await readFile(join(service.imageDirectory, `${image.id}.jpg`)))).toBe(true);
  }

  const urls = imagesOf(status).map((image) => image.outputUrl);
  expect(await output(requestId)).toBe(
    [
      'S. No.,Product Name,Input Image Urls,Output Image Urls',
      `1,"Mug, blue","${good},${pictures.url('/w_300,c_fill/good.jpg')}","${urls[0]},${urls[1]}"`,
      `2,Mug,${good},${urls[2]}`,
      `2,Mug,${good},${urls[3]}`,
      '',
    ].join('\r\n'),
  );
});

test('each failed image has a reason, and the others continue', async () => {
  const cases = {
    '/ok': [ok(jpeg), null],
    '/missing': [statusCode(404), 'source_not_found'],
    '/secret': [statusCode(403), 'source_unauthorized'],
    '/page': [html, 'not_an_image'],
    '/lies-about-type': [ok(jpeg, 'text/html'), null],
    '/moved': [redirect('/ok'), null],
    '/loop': [redirect('/loop'), 'too_many_redirects'],
    '/inside': [redirect('http://169.254.169.254/latest/meta-data'), 'address_not_allowed'],
    '/file': [redirect('file:///etc/passwd'), 'invalid_redirect'],
    '/teapot': [statusCode(418), 'source_rejected'],
  } as const;
  const entries = Object.entries(cases);
  const csv = HEADER + entries.map(([path, [behaviour]], n) => `${n},P${n},${pictures.on(path, behaviour)}\n`).join('');
  const requestId = await uploaded(service.url, csv);
  const status = await finished(service.url, requestId);

  expect(status.status).toBe('completed_with_errors');
  expect(status.progress).toMatchObject({ total: 10, completed: 3, failed: 7, percent: 100 });
  expect(imagesOf(status).map((image) => [new URL(image.inputUrl).pathname, image.error?.code ?? null])).toEqual(
    entries.map(([path, [, code]]) => [path, code]),
  );
  for (const image of imagesOf(status)) {
    expect(image.status).toBe(image.error === null ? 'completed' : 'failed');
    expect(image.outputUrl === null).toBe(image.error !== null);
    if (image.error !== null) expect(image.error.message).toMatch(/^[A-Z].+\.$/s);
  }
  const lines = (await output(requestId)).split('\r\n');
  expect(lines[2]).toBe(`1,P1,${pictures.url('/missing')},`);
});

test('a failed image between two others leaves an empty entry', async () => {
  const good = pictures.url('/good.jpg');
  const requestId = await uploaded(service.url, `${HEADER}1,Mug,"${good},${pictures.url('/none')},${good}"\n`);
  const [first, , third] = imagesOf(await finished(service.url, requestId));
  expect(await output(requestId)).toContain(`,"${first?.outputUrl},,${third?.outputUrl}"\r\n`);
});

test('a request whose images all fail has failed, and still has an output CSV', async () => {
  const requestId = await uploaded(service.url, `${HEADER}1,Mug,${pictures.url('/none')}\n`);
  expect((await finished(service.url, requestId)).status).toBe('failed');
  expect((await fetch(`${service.url}/api/output/${requestId}`)).status).toBe(200);
});

test('transient failures are retried until they pass, permanent ones are not', async () => {
  const flaky = pictures.on('/flaky', failThen(2, statusCode(503), ok(jpeg)));
  const limited = pictures.on('/limited', failThen(1, statusCode(429, { 'Retry-After': '1' }), ok(jpeg)));
  const cut = pictures.on('/cut', failThen(1, truncated(jpeg), ok(jpeg)));
  const short = pictures.on('/short', failThen(1, lyingLength(jpeg, jpeg.length + 99), ok(jpeg)));
  const gone = pictures.on('/gone', statusCode(410));
  const requestId = await uploaded(service.url, `${HEADER}1,Mug,"${[flaky, limited, cut, short, gone].join(',')}"\n`);
  const status = await finished(service.url, requestId, 30_000);
  expect(imagesOf(status).map((image) => [image.status, image.attempts])).toEqual([
    ['completed', 3],
    ['completed', 2],
    ['completed', 2],
    ['completed', 2],
    ['failed', 1],
  ]);
  expect(pictures.count('/gone')).toBe(1);
  expect(
    imagesOf(status)
      .slice(0, 4)
      .every((image) => image.error === null),
  ).toBe(true);
});

test('the webhook is sent once, signed, after the final status is stored', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const seen: string[] = [];
  const receiver = await WebhookReceiver.start((response, { body }) => {
    // What the receiver would see if it polled now.
    void statusOf(service.url, JSON.parse(body).data.requestId).then((status) => {
      seen.push(status.status);
      response.writeHead(204).end();
    });
  });
  try {
    const requestId = await uploaded(service.url, `${HEADER}1,Mug,${pictures.url('/good.jpg')}\n`, {
      webhookUrl: receiver.url('/hook'),
      webhookSecret: secret,
    });
    const status = await waitFor(async () => {
      const now = await statusOf(service.url, requestId);
      return now.webhook?.state === 'delivered' ? now : null;
    });
    expect(status.webhook).toEqual({ url: receiver.url('/hook'), state: 'delivered', attempts: 1, lastStatus: 204 });
    expect(seen).toEqual(['completed']);
    expect(receiver.received).toHaveLength(1);
    const [hook] = receiver.received;
    const verified = new Webhook(secret).verify(hook?.body ?? '', hook?.headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: 'request.completed',
      data: {
        requestId,
        status: 'completed',
        progress: { total: 1, completed: 1 },
        outputUrl: `${service.url}/api/output/${requestId}`,
      },
    });
  } finally {
    await receiver.close();
  }
});

test('a failed webhook is visible in the status', async () => {
  const receiver = await WebhookReceiver.start(answer(500));
  try {
    const requestId = await uploaded(service.url, `${HEADER}1,Mug,${pictures.url('/good.jpg')}\n`, {
      webhookUrl: receiver.url('/hook'),
    });
    const status = await waitFor(async () => {
      const now = await statusOf(service.url, requestId);
      return now.webhook?.lastStatus === 500 ? now : null;
    });
    expect(status).toMatchObject({ status: 'completed', webhook: { state: 'pending', attempts: 1 } });
  } finally {
    await receiver.close();
  }
});

test('the status never reports more than is stored', async () => {
  const urls = Array.from({ length: 30 }, (_, n) => pictures.on(`/slow-${n}.jpg`, slow(30, ok(jpeg))));
  const requestId = await uploaded(service.url, HEADER + urls.map((url, n) => `${n},P${n},${url}\n`).join(''));
  let last = -1;
  await waitFor(async () => {
    const status = await statusOf(service.url, requestId);
    const { completed, failed, pending, percent, total } = status.progress;
    const files = (await readdir(service.imageDirectory)).filter((name) => name.endsWith('.jpg'));
    const mine = new Set(files);
    expect(completed + failed + pending).toBe(total);
    expect(completed).toBeGreaterThanOrEqual(last);
    last = completed;
    const shown = imagesOf(status).filter((image) => image.status === 'completed');
    expect(shown.every((image) => mine.has(`${image.id}.jpg`))).toBe(true);
    expect(completed).toBeLessThanOrEqual(shown.length);
    if (percent === 100 || status.status === 'completed') expect(shown).toHaveLength(30);
    return status.status === 'completed';
  });
});

test('the output CSV is unavailable until the request has finished', async () => {
  const url = pictures.on('/late.jpg', slow(1_000, ok(jpeg)));
  const requestId = await uploaded(service.url, `${HEADER}1,Mug,${url}\n`);
  const early = await fetch(`${service.url}/api/output/${requestId}`);
  expect(early.status).toBe(409);
  expect(await early.json()).toMatchObject({ code: 'not_finished' });
  await finished(service.url, requestId);
  const late = await fetch(`${service.url}/api/output/${requestId}`);
  expect(late.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(late.headers.get('content-disposition')).toContain(`filename=products-compressed.csv`);
});

test('the status is paginated by image, across products', async () => {
  const good = pictures.url('/good.jpg');
  const requestId = await uploaded(service.url, `${HEADER}1,Mug,"${good},${good},${good}"\n2,Cup,"${good},${good}"\n`);
  await finished(service.url, requestId);
  const pages: string[][] = [];
  let next: string | null = `/api/status/${requestId}?limit=2`;
  while (next !== null) {
    const page = (await (await fetch(service.url + next)).json()) as Awaited<ReturnType<typeof statusOf>>;
    pages.push(
      page.products.flatMap((product) => product.images.map((image) => `${product.productName} ${image.index}`)),
    );
    next = page.next;
  }
  expect(pages).toEqual([['Mug 0', 'Mug 1'], ['Mug 2', 'Cup 0'], ['Cup 1']]);
});

test('uses the quality and format of the request', async () => {
  const big = pictures.on('/big.jpg', ok(await makeImage('jpeg', { width: 400, height: 400, quality: 98 })));
  const sizes: number[] = [];
  for (const quality of ['20', '80']) {
    const status = await finished(service.url, await uploaded(service.url, `${HEADER}1,Mug,${big}\n`, { quality }));
    sizes.push(status.bytes.out);
  }
  expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
  const status = await finished(
    service.url,
    await uploaded(service.url, `${HEADER}1,Mug,${big}\n`, { format: 'webp' }),
  );
  const [image] = imagesOf(status);
  expect(image?.outputUrl).toMatch(/\.webp$/);
  const response = await fetch(image?.outputUrl ?? '');
  expect(response.headers.get('content-type')).toBe('image/webp');
  expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).format).toBe('webp');
});

test('onInvalidRow=skip skips invalid rows, which keep their position', async () => {
  const csv = `${HEADER}1,Mug,"${pictures.url('/good.jpg')},ftp://x/y.jpg"\n2,Cup,\n3,=SUM(A1),${pictures.url('/good.jpg')}\n`;
  expect((await upload(service.url, csv)).status).toBe(422);
  const requestId = await uploaded(service.url, csv, { onInvalidRow: 'skip' });
  const status = await finished(service.url, requestId);
  expect(status).toMatchObject({ status: 'completed_with_errors', progress: { total: 3, completed: 2, failed: 1 } });
  expect(imagesOf(status)[1]).toMatchObject({ status: 'failed', error: { code: 'invalid_url' } });
  const lines = (await output(requestId)).split('\r\n');
  expect(lines[2]).toBe('2,Cup,,');
  expect(lines[3]).toMatch(/^3,'=SUM\(A1\),/);
});
