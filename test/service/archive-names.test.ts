import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
let requestId: string;

beforeAll(async () => {
  pictures = await ImageServer.start();
  pictures.on('/red%20mug.png', ok(await makeImage('jpeg', { width: 32, height: 24, quality: 95 })));
  service = await startTestService();
  const url = pictures.url('/red%20mug.png');
  requestId = await uploaded(
    service.url,
    `Picture,More Pictures\n${url},"${url},${url}"\n${url},${pictures.url('/x')}\n`,
  );
  await finished(service.url, requestId);
});
afterAll(async () => {
  await service?.close();
  await pictures?.close();
});

const archive = (query: string) => fetch(`${service.url}/api/archive/${requestId}${query}`);

/** Names in the order of the central directory. */
const namesIn = async (query: string): Promise<string[]> => {
  const zip = Buffer.from(await (await archive(query)).arrayBuffer());
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    names.push(zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString());
  }
  return names;
};

test('a ZIP has a folder for each row, or the names asked for', async () => {
  expect(await namesIn('')).toEqual(['row-1/1.jpg', 'row-1/2.jpg', 'row-1/3.jpg', 'row-2/1.jpg']);
  expect(await namesIn(`?names=${encodeURIComponent('{original}')}`)).toEqual([
    ...['red mug.jpg', 'red mug (2).jpg', 'red mug (3).jpg', 'red mug (4).jpg'],
  ]);
  expect(await namesIn('?names={serial}-{n}')).toEqual(['row-1-1.jpg', 'row-1-2.jpg', 'row-1-3.jpg', 'row-2-1.jpg']);
});

test('a pattern with an unknown placeholder is refused with the ones there are', async () => {
  for (const method of ['GET', 'HEAD']) {
    const response = await fetch(`${service.url}/api/archive/${requestId}?names={name}`, { method });
    expect(response.status).toBe(400);
  }
  expect(await (await archive('?names={name}')).json()).toMatchObject({
    code: 'invalid_field',
    errors: [{ field: 'names', message: expect.stringContaining('allowed: {serial}, {product}, {row}, {n}') }],
  });
  expect((await archive(`?names=${'n'.repeat(201)}`)).status).toBe(400);
});

test('products of the status and of the report have their row', async () => {
  const status = await finished(service.url, requestId);
  expect(status.products.map(({ row, images }) => [row, images.length])).toEqual([
    [1, 3],
    [2, 2],
  ]);
  const second = await (await fetch(`${service.url}/api/status/${requestId}?after=3`)).json();
  expect((second as typeof status).products.map(({ row }) => row)).toEqual([2]);
});
