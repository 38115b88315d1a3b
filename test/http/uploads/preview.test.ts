import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ MAX_UPLOAD_BYTES: '20000', RATE_LIMIT_UPLOADS_PER_MINUTE: '9' });
});
afterAll(() => service.close());

const preview = (csv: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('file', new Blob([csv]), 'a.csv');
  return fetch(`${service.url}/api/preview`, { method: 'POST', body });
};
const found = async (csv: string, fields?: Readonly<Record<string, string>>) => (await preview(csv, fields)).json();
const left = () => readdir(join(service.directory, 'data', 'uploads'));

test('shows the file, all columns and the first 8 rows, and stores nothing', async () => {
  const rows = Array.from({ length: 9 }, (_, at) => `${at},http://10.0.0.1/${at}.jpg,${'x'.repeat(300)},\r\n`);
  const response = await preview(`SKU,Image Src,Body,Variant Image\r\n${rows.join('')}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { file, header, sample, ...errors } = (await response.json()) as Record<string, unknown>;
  expect(file).toMatchObject({ kind: 'csv', rows: 9, images: 9, columns: { images: ['Image Src', 'Variant Image'] } });
  expect(header).toEqual(['SKU', 'Image Src', 'Body', 'Variant Image']);
  expect(sample).toHaveLength(8);
  expect((sample as object[])[7]).toEqual({
    line: 9,
    cells: ['7', 'http://10.0.0.1/7.jpg', `${'x'.repeat(199)}…`],
    serialNumber: '7',
    productName: '',
    images: [{ url: 'http://10.0.0.1/7.jpg', column: 'Image Src' }],
  });
  expect(errors).toEqual({ sheets: [], errors: [], errorCount: 0, errorKinds: [] });
  const list = await fetch(`${service.url}/api/requests`);
  expect(await list.json()).toMatchObject({ requests: [] });
  expect(await left()).toEqual([]);
});

test('errors of the file are part of the answer', async () => {
  const csv = 'Name,Image\nMug,ftp://x.example/a.jpg\nCup,http://10.0.0.1/b.jpg\n';
  expect(await found(csv)).toMatchObject({
    ...{ file: { rows: 2 }, errorCount: 1, errorKinds: [{ code: 'csv_invalid_url', count: 1 }] },
    errors: [{ line: 2, column: 'Image', code: 'csv_invalid_url' }],
  });
  expect(await found(csv, { onInvalidRow: 'skip' })).toMatchObject({
    errorCount: 0,
    sample: [{ line: 2 }, { line: 3 }],
  });
});

test('without usable columns, the names and the first rows are there to choose from', async () => {
  const csv = 'A,B,C\n1,https://x.example/one,https://x.example/two\n';
  expect(await found(csv)).toMatchObject({
    ...{ file: null, header: ['A', 'B', 'C'], errors: [{ code: 'csv_missing_column' }] },
    sample: [{ line: 2, cells: ['1', 'https://x.example/one', 'https://x.example/two'], images: [] }],
  });
  expect(await found(csv, { imageColumns: 'C' })).toMatchObject({
    sample: [{ line: 2, images: [{ url: 'https://x.example/two', column: 'C' }] }],
  });
  expect(await found('')).toMatchObject({ file: null, header: [], sample: [], errors: [{ code: 'csv_empty' }] });
});

test('has the limits of an upload, and counts apart from uploads', async () => {
  const large = await preview('x'.repeat(20_001));
  expect([large.status, await large.json()]).toMatchObject([413, { code: 'upload_too_large' }]);
  const wrong = await preview('Image\nhttp://10.0.0.1/b.jpg\n', { quality: '0' });
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'invalid_field' }]);
  const statuses: number[] = [];
  while (!statuses.includes(429) && statuses.length < 10) statuses.push((await preview('Image\n')).status);
  expect(statuses).toContain(429);
  const body = new FormData();
  body.set('file', new Blob(['Image\nhttp://10.0.0.1/b.jpg\n']), 'a.csv');
  expect((await fetch(`${service.url}/api/upload`, { method: 'POST', body })).status).toBe(202);
  expect(await left()).toEqual([]);
});
