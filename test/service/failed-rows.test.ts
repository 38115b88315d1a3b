import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { finished, startTestService, statusOf, type TestService, upload, uploaded } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;

beforeAll(async () => {
  pictures = await ImageServer.start();
  const jpeg = await makeImage('jpeg', { width: 32, height: 24, quality: 95 });
  for (const path of ['/a.jpg', '/b.jpg', '/c.jpg']) pictures.on(path, ok(jpeg));
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  await pictures?.close();
});

const errorsOf = (requestId: string, query = '') => fetch(`${service.url}/api/errors/${requestId}${query}`);
const urlsOf = async (requestId: string): Promise<string[]> =>
  (await statusOf(service.url, requestId)).products.flatMap(({ images }) => images.map(({ inputUrl }) => inputUrl));

test('failed rows are a file that can be uploaded again, corrected or not', async () => {
  const at = (path: string): string => pictures.url(path);
  const csv =
    `\uFEFFsep=;\r\nStock;of;May\r\nSKU;Image Src;Variant Image;Note\r\n` +
    `=1+1;${at('/a.jpg')}|${at('/x.jpg')}|${at('/y.jpg')};${at('/b.jpg')};"a;b"\r\n` +
    `2;${at('/c.jpg')};;fine\r\n` +
    `3;;${at('/z.jpg')};"two\nlines"\r\n`;
  const requestId = await uploaded(service.url, csv);
  await finished(service.url, requestId);
  const response = await errorsOf(requestId);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toContain(`filename=products-errors.csv`);
  const file = Buffer.from(await response.arrayBuffer()).toString();
  expect(file).toContain("\uFEFFSKU;Image Src;Variant Image;Note;Error Code;Error;What To Do\r\n'=1+1;");
  expect(file).toContain(`'=1+1;${at('/x.jpg')},${at('/y.jpg')};;"a;b";source_not_found;`);
  expect(file).toContain(`3;;${at('/z.jpg')};"two\nlines";source_not_found;`);
  expect(file).not.toContain('/a.jpg');

  const kept = await (await errorsOf(requestId, '?formulas=keep')).text();
  expect(kept).toContain('\n=1+1;');
  expect(Buffer.from(await (await errorsOf(requestId, '?bom=false')).arrayBuffer())[0]).toBe('S'.charCodeAt(0));

  const again = await uploaded(service.url, file);
  await finished(service.url, again);
  expect(await urlsOf(again)).toEqual(['/x.jpg', '/y.jpg', '/z.jpg'].map(at));
  const corrected = await uploaded(service.url, file.replaceAll(/\/[xyz]\.jpg/g, '/a.jpg'));
  expect((await finished(service.url, corrected)).status).toBe('completed');
  expect((await (await errorsOf(corrected)).text()).split('\r\n')).toHaveLength(2);
});

test('parameters are checked, HEAD has no body, and an unfinished request answers 409', async () => {
  const requestId = await uploaded(service.url, `SKU,Image\n1,${pictures.url('/a.jpg')}\n`);
  await finished(service.url, requestId);
  expect((await errorsOf(requestId, '?bom=maybe')).status).toBe(400);
  expect((await errorsOf(requestId, '?output=add')).status).toBe(400);
  const head = await fetch(`${service.url}/api/errors/${requestId}`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);

  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  pictures.on('/held.jpg', async (response: import('node:http').ServerResponse) => {
    await held;
    response.writeHead(404).end();
  });
  const waiting = await uploaded(service.url, `SKU,Image\n1,${pictures.url('/held.jpg')}\n`);
  expect((await errorsOf(waiting)).status).toBe(409);
  release();
  await finished(service.url, waiting);
  expect((await errorsOf(waiting)).status).toBe(200);
});

test('the reader of the output overrides what the uploader chose', async () => {
  const requestId = await uploaded(service.url, `SKU,Image\n=1,${pictures.url('/a.jpg')}\n`);
  await finished(service.url, requestId);
  const output = async (query: string): Promise<Response> => fetch(`${service.url}/api/output/${requestId}${query}`);
  expect(await (await output('')).text()).toMatch(/^SKU,Image,Output Image\r\n'=1,/);
  expect(await (await output('?output=replace&formulas=keep&format=csv')).text()).toMatch(
    /^SKU,Image\r\n=1,[^,]+\/processed_images\/[^,]+\r\n$/,
  );
  expect(await (await output('?columns=details')).text()).toMatch(
    /^SKU,Image,Output Image,Bytes Before,Bytes After,Width,Height\r\n.*,\d+,\d+,32,24\r\n$/,
  );
  const loosely = await output('?output=Replace&formulas=%20KEEP&format=CSV&columns=&bom=');
  expect(await loosely.text()).toMatch(/^SKU,Image\r\n=1,[^,]+\r\n$/);
  expect((await output('?format=XLSX&columns=Details')).headers.get('content-type')).toContain('spreadsheetml');
  const archive = await fetch(`${service.url}/api/archive/${requestId}?names=`);
  expect([archive.status, (await archive.arrayBuffer()).byteLength]).toEqual([200, expect.any(Number)]);
  expect([...Buffer.from(await (await output('?bom=true')).arrayBuffer()).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  for (const query of ['?output=both', '?columns=all', '?format=pdf', '?other=1', '?bom=1x']) {
    const response = await output(query);
    expect([query, response.status, ((await response.json()) as { code: string }).code]).toEqual([
      ...[query, 400, 'invalid_field'],
    ]);
  }
});

test('an invalid URL that was skipped comes back as it was', async () => {
  const response = await upload(service.url, 'SKU,Image\n1,htp:/broken\n2,http://127.0.0.1:1/x.jpg\n', {
    onInvalidRow: 'skip',
  });
  const { requestId } = (await response.json()) as { requestId: string };
  await finished(service.url, requestId);
  expect(await (await errorsOf(requestId)).text()).toContain('\r\n1,htp:/broken,invalid_url,');
});
