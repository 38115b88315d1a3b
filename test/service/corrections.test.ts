import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { finished, type Status, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const KEY = 'owner-key-0123456789';
const OTHER = 'other-key-0123456789';

let service: TestService;
let pictures: ImageServer;
beforeAll(async () => {
  [service, pictures] = await Promise.all([startTestService(), ImageServer.start()]);
  const jpeg = await makeImage('jpeg');
  for (const name of ['good', 'fixed', 'late']) pictures.on(`/${name}.jpg`, ok(jpeg));
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

const send = async (id: string, body: string, headers: Record<string, string> = {}, url = service.url) => {
  const type = { 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/api/retry/${id}`, { method: 'POST', body, headers: { ...type, ...headers } });
  return { status: response.status, body: (await response.json()) as Problem };
};
const correct = (id: string, corrections: readonly object[]) => send(id, JSON.stringify({ corrections }));
const imagesOf = ({ products }: Status) => products.flatMap(({ images }) => images);
const idsOf = (status: Status): string[] => imagesOf(status).map(({ id }) => id);
const text = async (path: string): Promise<string> => (await fetch(`${service.url}${path}`)).text();

test('a wrong URL and one that was skipped are corrected; output, report and webhook are of the whole job', async () => {
  const receiver = await WebhookReceiver.start(answer(204));
  const csv = `SKU,Image\nA,${pictures.url('/good.jpg')}\nB,${pictures.url('/missing.jpg')}\nC,htp:/nope\nD,${pictures.url('/gone.jpg')}\n`;
  const requestId = await uploaded(service.url, csv, { onInvalidRow: 'skip', webhookUrl: receiver.url('/done') });
  const first = await finished(service.url, requestId);
  expect(first.progress).toMatchObject({ completed: 1, failed: 3, skipped: 1 });
  const [, missing = '', skipped = ''] = idsOf(first);

  const fixed = pictures.url('/fixed.jpg?key=hidden');
  pictures.on('/fixed.jpg?key=hidden', ok(await makeImage('jpeg')));
  expect(
    await correct(requestId, [
      { imageId: missing, url: fixed },
      { imageId: skipped, url: pictures.url('/late.jpg') },
    ]),
  ).toMatchObject({ status: 202, body: { requestId } });
  const second = await finished(service.url, requestId);
  expect(second).toMatchObject({
    status: 'completed_with_errors',
    progress: { total: 4, completed: 3, failed: 1, skipped: 0, pending: 0, percent: 100 },
    run: { number: 2, finishedBefore: 2 },
  });
  expect(imagesOf(second).map(({ status, attempts }) => [status, attempts])).toEqual([
    ...[
      ['completed', 1],
      ['completed', 1],
      ['completed', 1],
      ['failed', 1],
    ],
  ]);
  expect(imagesOf(second)[1]?.inputUrl).toBe(fixed.replace('hidden', '***'));
  expect(imagesOf(second)[2]).not.toHaveProperty('skipped');

  const output = (await text(`/api/output/${requestId}`)).trim().split('\r\n');
  expect(output[2]).toMatch(new RegExp(`^B,${pictures.url('/missing.jpg')},\\S+/processed_images/${missing}\\.jpg$`));
  expect(output[3]).toMatch(new RegExp(`^C,htp:/nope,\\S+/processed_images/${skipped}\\.jpg$`));
  expect(output[4]).toBe(`D,${pictures.url('/gone.jpg')},`);
  const replaced = (await text(`/api/output/${requestId}?output=replace`)).trim().split('\r\n');
  expect(replaced[2]).toMatch(new RegExp(`^B,\\S+/processed_images/${missing}\\.jpg$`));
  expect(replaced[3]).toMatch(new RegExp(`^C,\\S+/processed_images/${skipped}\\.jpg$`));

  const report = await waitFor(async () => (await finished(service.url, requestId)).report);
  expect(report.failures).toMatchObject([{ code: 'source_not_found', count: 1 }]);
  expect(report.products.map(({ serialNumber }) => serialNumber).sort()).toEqual(['A', 'B', 'C']);
  await waitFor(async () => receiver.received.length === 2);
  const events = receiver.received.map(({ body }) => JSON.parse(String(body)).data.progress);
  expect(events).toMatchObject([
    { completed: 1, failed: 3, skipped: 1 },
    { completed: 3, failed: 1, skipped: 0 },
  ]);
  await receiver.close();
});

test('an image that fails again is in the failed rows with its new URL', async () => {
  const [a, b, good] = ['/x.jpg', '/y.jpg', '/good.jpg'].map((path) => pictures.url(path));
  const requestId = await uploaded(service.url, `SKU,Image\n1,"${a}, ${b}"\n2,${good}\n`);
  const [first = ''] = idsOf(await finished(service.url, requestId));
  const wrong = pictures.url('/still-wrong.jpg');
  expect(await correct(requestId, [{ imageId: first, url: wrong }])).toMatchObject({ status: 202 });
  expect(await finished(service.url, requestId)).toMatchObject({
    status: 'completed_with_errors',
    progress: { completed: 1, failed: 2 },
  });
  const rows = (await text(`/api/errors/${requestId}`)).split('\r\n');
  expect(rows[1]).toContain(`1,"${wrong},${b}",source_not_found,`);
  expect((await text(`/api/output/${requestId}`)).split('\r\n')[1]).toBe(`1,"${a}, ${b}",","`);
});

test('two images of one URL are corrected to one URL again, and each has its output', async () => {
  const missing = pictures.url('/twice.jpg');
  const requestId = await uploaded(service.url, `SKU,Image\n1,${missing}\n2,${missing}\n3,${missing}\n`);
  const ids = idsOf(await finished(service.url, requestId));
  const url = pictures.url('/fixed.jpg');
  await correct(
    requestId,
    ids.slice(0, 2).map((imageId) => ({ imageId, url })),
  );
  const after = await finished(service.url, requestId);
  expect(imagesOf(after).map(({ status, inputUrl }) => [status, inputUrl])).toEqual([
    ['completed', url],
    ['completed', url],
    ['failed', missing],
  ]);
  for (const { outputUrl } of imagesOf(after).slice(0, 2)) {
    expect((await fetch(outputUrl ?? '')).status).toBe(200);
  }
});

test('a body is optional, strict and bounded; what is wrong is named', async () => {
  const requestId = await uploaded(
    service.url,
    `SKU,Image\n1,${pictures.url('/x.jpg')}\n2,${pictures.url('/good.jpg')}\n`,
  );
  const [failed = '', done = ''] = idsOf(await finished(service.url, requestId));
  const url = pictures.url('/fixed.jpg');
  const entry = { imageId: failed, url };
  const tries: [unknown, number, string, string][] = [
    [{ corrections: [] }, 400, 'invalid_field', 'corrections'],
    [{ corrections: Array.from({ length: 101 }, () => entry) }, 400, 'invalid_field', 'corrections'],
    [{ corrections: [entry], other: 1 }, 400, 'invalid_field', 'other'],
    [{ corrections: [{ ...entry, more: 1 }] }, 400, 'invalid_field', 'corrections.0.more'],
    [{ corrections: [{ imageId: failed }] }, 400, 'invalid_field', 'corrections.0.url'],
    [{ corrections: ['x'] }, 400, 'invalid_field', 'corrections.0'],
    [{ corrections: [{ imageId: { $gt: '' }, url }] }, 400, 'invalid_field', 'corrections.0.imageId'],
    [{ corrections: [{ imageId: failed, url: 'nope' }] }, 400, 'invalid_field', 'corrections.0.url'],
    [{ corrections: [entry, entry] }, 400, 'invalid_field', 'corrections.1.imageId'],
    [{ corrections: [{ imageId: requestId, url }] }, 404, 'image_not_found', 'corrections.0.imageId'],
    [{ corrections: [{ imageId: done, url }] }, 409, 'nothing_to_retry', 'corrections.0.imageId'],
  ];
  for (const [body, status, code, field] of tries) {
    const refused = await send(requestId, JSON.stringify(body));
    expect([refused.status, refused.body.code, refused.body.errors[0]?.field]).toEqual([status, code, field]);
  }
  expect(await send(requestId, '{')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect(await send(requestId, ' '.repeat(1024 * 1024 + 1))).toMatchObject({ status: 400 });
  expect(await send(requestId, 'a=b', { 'Content-Type': 'text/plain' })).toMatchObject({
    status: 415,
    body: { code: 'unsupported_media_type' },
  });
  expect((await finished(service.url, requestId)).run.number).toBe(1);
  // An empty object asks for nothing else than an empty body.
  expect(await send(requestId, '{}')).toMatchObject({ status: 202 });
  expect((await finished(service.url, requestId)).run.number).toBe(2);
});

test('nobody corrects the images of another tenant', async () => {
  const own = await startTestService({ API_KEYS: `shop:${KEY},other:${OTHER}` });
  try {
    const form = new FormData();
    form.set('file', new Blob([`SKU,Image\n1,${pictures.url('/x.jpg')}\n`]), 'products.csv');
    const headers = { 'X-Api-Key': KEY };
    const response = await fetch(`${own.url}/api/upload`, { method: 'POST', body: form, headers });
    const { requestId } = (await response.json()) as { requestId: string };
    const status = () =>
      fetch(`${own.url}/api/status/${requestId}`, { headers }).then((found) => found.json() as Promise<Status>);
    await waitFor(async () => (await status()).status === 'failed');
    const [imageId] = idsOf(await status());
    const body = JSON.stringify({ corrections: [{ imageId, url: pictures.url('/fixed.jpg') }] });
    expect(await send(requestId, body, { 'X-Api-Key': OTHER }, own.url)).toMatchObject({
      status: 404,
      body: { code: 'request_not_found' },
    });
    expect(await send(requestId, body, {}, own.url)).toMatchObject({ status: 401 });
    expect((await status()).run.number).toBe(1);
    expect(await send(requestId, body, headers, own.url)).toMatchObject({ status: 202 });
    await waitFor(async () => (await status()).status === 'completed');
  } finally {
    await own.close();
  }
});
