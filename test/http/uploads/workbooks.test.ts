import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import readExcelFile from 'read-excel-file/node';
import sharp from 'sharp';
import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import { ImageServer } from '../../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, upload } from '../../support/service.ts';
import { handMade } from '../../xlsx/workbooks.ts';

let service: TestService;
let images: ImageServer;
beforeAll(async () => {
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c33' } })
    .png()
    .toBuffer();
  images = await ImageServer.start(
    {},
    {
      fallback: (response, _attempt, request) => {
        if (request.url?.startsWith('/missing')) response.writeHead(404).end();
        else response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': picture.length }).end(picture);
      },
    },
  );
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  await images?.close();
});

const workbook = (): Promise<Buffer> => {
  const rows = (name: string): SheetData => [
    ['Catalogue 2026'],
    ['SKU', 'Name', 'Price', 'Image URL'],
    [{ value: 42, type: Number, format: '00000' }, 'Tasse grün', 12.5, `${images.origin}/${name}.png`],
    ['B-2', '=1+1', null, `${images.origin}/missing-${name}.png`],
    ['C-3', 'Untersetzer', 3, null],
  ];
  return writeExcelFile([
    { data: [['Read me']], sheet: 'Notes' },
    { data: rows('spring'), sheet: 'Spring' },
    { data: rows('autumn'), sheet: 'Autumn' },
  ]).toBuffer();
};

const rowsOf = async (path: string) => {
  const response = await fetch(`${service.url}${path}`);
  expect(response.status).toBe(200);
  return { headers: response.headers, sheets: await readExcelFile(Buffer.from(await response.arrayBuffer())) };
};

test('a workbook becomes outputs, and comes back as a workbook with the same rows', async () => {
  const response = await upload(service.url, await workbook(), { sheet: 'Autumn' });
  const { requestId, file } = JSON.parse(await response.text());
  expect(response.status).toBe(202);
  expect(file).toMatchObject({
    ...{ kind: 'xlsx', encoding: null, delimiter: null, sheet: 'Autumn', headerLine: 2 },
    columns: { images: ['Image URL'], serialNumber: 'SKU', productName: 'Name' },
    ...{ rows: 3, rowsWithoutImages: 1, images: 2 },
  });
  await finished(service.url, requestId);

  const { headers, sheets } = await rowsOf(`/api/output/${requestId}?format=xlsx`);
  expect(headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  expect(headers.get('content-disposition')).toBe('attachment; filename=products-compressed.xlsx');
  const [title, header, first, second, third] = sheets[0]?.data ?? [];
  expect(title?.slice(0, 1)).toEqual(['Catalogue 2026']);
  expect(header).toEqual(['SKU', 'Name', 'Price', 'Image URL', 'Output Image URL']);
  expect(first).toEqual([
    '00042',
    'Tasse grün',
    12.5,
    `${images.origin}/autumn.png`,
    expect.stringMatching(/^http.*\.jpg$/),
  ]);
  expect(second).toEqual(['B-2', '=1+1', null, `${images.origin}/missing-autumn.png`, null]);
  expect(third).toEqual(['C-3', 'Untersetzer', 3, null, null]);

  const csv = await (await fetch(`${service.url}/api/output/${requestId}`)).text();
  expect(csv.split('\r\n')[2]).toBe(`00042,Tasse grün,12.5,${images.origin}/autumn.png,${first?.[4]}`);
  const failed = await rowsOf(`/api/errors/${requestId}?format=xlsx`);
  expect(failed.sheets[0]?.data[1]?.slice(0, 2)).toEqual(['B-2', '=1+1']);

  // The output is a table like any other: its output column gets new values.
  const again = await (await fetch(`${service.url}/api/output/${requestId}?format=xlsx`)).arrayBuffer();
  const repeated = await upload(service.url, new Uint8Array(again));
  expect(await repeated.json()).toMatchObject({ file: { rows: 3, images: 2, columns: { images: ['Image URL'] } } });
});

test('without `sheet` it is the first one with URLs', async () => {
  const form = new FormData();
  form.set('file', new Blob([await workbook()]), 'any-name');
  const response = await fetch(`${service.url}/api/preview`, { method: 'POST', body: form });
  expect(await response.json()).toMatchObject({ file: { kind: 'xlsx', sheet: 'Spring', images: 2 }, errorCount: 0 });
});

test.each([
  ['a sheet that is not there', () => workbook(), { sheet: 'Winter' }, 'the workbook has "Notes", "Spring", "Autumn"'],
  ['another ZIP file', async () => handMade({ sheets: {} }), undefined, 'it has no sheet'],
  ['an old workbook', async () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), undefined, 'old Office document'],
])('%s is refused and says what to do', async (_, bytes, fields, message) => {
  const response = await upload(service.url, await bytes(), fields);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    code: 'csv_invalid',
    errors: [{ line: 1, code: 'csv_spreadsheet', message: expect.stringContaining(message) }],
  });
  expect(await readdir(join(service.directory, 'data', 'uploads'))).toEqual([]);
});
