import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { outputNames } from '../../src/storage/output-names.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import {
  finished,
  type Status,
  startTestService,
  statusOf,
  type TestService,
  uploaded,
  waitFor,
} from '../support/service.ts';

const OUTPUTS = 'jpeg:50,webp:60:160,avif:45:80';
let service: TestService;
let pictures: ImageServer;
let jpeg: Buffer;

beforeAll(async () => {
  pictures = await ImageServer.start();
  jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
  for (const path of ['/a.jpg', '/b.jpg', '/c.jpg']) pictures.on(path, ok(jpeg));
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  await pictures?.close();
});

interface Output {
  format: string;
  quality: number;
  width: number;
  height: number;
  bytes: number;
  url: string;
}
type ShownImage = Status['products'][number]['images'][number] & { outputs?: Output[] };
const imagesOf = (status: Status): ShownImage[] => status.products.flatMap(({ images }) => images);
const outputOf = async (requestId: string, query = '') =>
  (await fetch(`${service.url}/api/output/${requestId}${query}`)).text();
const idOf = (url: string): string => new URL(url).pathname.slice('/processed_images/'.length);

test('each output has its file, its URL and its size; the first is that of one output alone', async () => {
  const requestId = await uploaded(service.url, `Image\n${pictures.url('/a.jpg')}\n`, { outputs: OUTPUTS });
  const status = await finished(service.url, requestId);
  expect(status).toMatchObject({
    options: {
      ...{ format: 'jpeg', quality: 50 },
      outputs: [
        { format: 'jpeg', quality: 50 },
        { format: 'webp', quality: 60, maxSide: 160 },
        { format: 'avif', quality: 45, maxSide: 80 },
      ],
    },
  });
  const [image] = imagesOf(status) as [ShownImage];
  const outputs = image.outputs ?? [];
  expect(outputs).toMatchObject([
    { format: 'jpeg', quality: 50, width: 320, height: 240, bytes: image.bytesOut, url: image.outputUrl },
    { format: 'webp', quality: 60, width: 160, height: 120 },
    { format: 'avif', quality: 45, width: 80, height: 60 },
  ]);
  expect(status.bytes.out).toBe(image.bytesOut);
  expect(new Set(outputs.map(({ url }) => url)).size).toBe(3);
  for (const { url, bytes, width, format } of outputs) {
    const response = await fetch(url);
    const body = Buffer.from(await response.arrayBuffer());
    expect([response.status, response.headers.get('content-type'), body.length]).toEqual([
      ...[200, `image/${format}`, bytes],
    ]);
    expect((await sharp(body).metadata()).width).toBe(width);
  }
  const names = outputNames(image.id, { format: 'jpeg', outputs: outputs as never });
  expect(outputs.map(({ url }) => idOf(url))).toEqual(names);
  expect(names[0]).toBe(`${image.id}.jpg`);
});

test('a single output is an upload without `outputs`, whose longest side limits both', async () => {
  const fields = { outputs: 'WebP:70:100', maxWidth: '60' };
  const requestId = await uploaded(service.url, `Image\n${pictures.url('/a.jpg')}\n`, fields);
  const status = await finished(service.url, requestId);
  expect(status).toMatchObject({ options: { format: 'webp', quality: 70, maxWidth: 60, maxHeight: 100 } });
  expect(status).not.toHaveProperty('options.outputs');
  expect(imagesOf(status)).toMatchObject([{ width: 60, height: 45, notes: ['resized'] }]);
  expect(imagesOf(status)[0]).not.toHaveProperty('outputs');
});

describe('a request of several rows and columns', () => {
  let requestId: string;
  let images: ShownImage[];
  const url = (seq: number, at: number): string => images[seq]?.outputs?.[at]?.url ?? '';
  const [a, b, none] = ['/a.jpg', '/b.jpg', '/none'];

  beforeAll(async () => {
    const at = (path = ''): string => pictures.url(path);
    const csv = `SKU,Image Src,Variant Image\nA,"${at(a)},${at(none)},${at(b)}",${at(a)}\nB,,\n`;
    requestId = await uploaded(service.url, csv, { outputs: OUTPUTS });
    images = imagesOf(await finished(service.url, requestId));
  });

  test('failed images have no outputs', () => {
    expect(images.map(({ status, outputs }) => [status, outputs?.length])).toEqual([
      ...[
        ['completed', 3],
        ['failed', 0],
        ['completed', 3],
        ['completed', 3],
      ],
    ]);
  });

  test('the CSV has a column of each further output for each image column, with empty places', async () => {
    const [header = '', row, last] = (await outputOf(requestId)).split('\r\n');
    expect(header.split(',').slice(3)).toEqual([
      ...['Output Image Src', 'Output Variant Image'],
      ...['Output Image Src (webp 160)', 'Output Variant Image (webp 160)'],
      ...['Output Image Src (avif 80)', 'Output Variant Image (avif 80)'],
    ]);
    const cells = [0, 1, 2].map((at) => `"${url(0, at)},,${url(2, at)}",${url(3, at)}`);
    expect(row?.endsWith(`,${cells.join(',')}`)).toBe(true);
    expect(last).toBe('B,,,,,,,,');
  });

  test('`replace` writes the first into the input columns and adds the others', async () => {
    const [header = '', row] = (await outputOf(requestId, '?output=replace')).split('\r\n');
    expect(header.split(',')).toHaveLength(7);
    expect(header).toContain('SKU,Image Src,Variant Image,Output Image Src (webp 160)');
    expect(row).toContain(
      `A,"${url(0, 0)},${pictures.url(none)},${url(2, 0)}",${url(3, 0)},"${url(0, 1)},,${url(2, 1)}"`,
    );
  });

  test('an output that is uploaded again finds the images, and its columns get new values', async () => {
    const csv = (await outputOf(requestId)).replaceAll(/(?<="),|,,(?=http)/g, ',');
    const again = await uploaded(service.url, csv.replaceAll(pictures.url(none), pictures.url(b)), {
      outputs: OUTPUTS,
    });
    const status = await finished(service.url, again);
    expect(status.progress).toMatchObject({ completed: 4, total: 4 });
    expect((await outputOf(again)).split('\r\n')[0]).toBe((await outputOf(requestId)).split('\r\n')[0]);
  });

  test('the workbook has the same cells', async () => {
    const response = await fetch(`${service.url}/api/output/${requestId}?format=xlsx`);
    const { default: readExcel } = await import('read-excel-file/node');
    const [sheet] = await readExcel(Buffer.from(await response.arrayBuffer()));
    const rows = sheet?.data ?? [];
    expect(rows[0]).toContain('Output Image Src (webp 160)');
    expect(rows[1]?.[rows[0]?.indexOf('Output Variant Image (avif 80)') ?? -1]).toBe(url(3, 2));
  });

  test('the ZIP has all outputs, by default and by a pattern', async () => {
    const namesIn = async (query: string): Promise<string[]> => {
      const zip = Buffer.from(await (await fetch(`${service.url}/api/archive/${requestId}${query}`)).arrayBuffer());
      const names: string[] = [];
      for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1'))
        names.push(zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString());
      return names;
    };
    expect(await namesIn('')).toEqual(
      [1, 3, 4].flatMap((n) => [`A/${n}.jpg`, `A/${n}-webp-160.webp`, `A/${n}-avif-80.avif`]),
    );
    expect((await namesIn('?names={original}')).slice(0, 4)).toEqual([
      ...['a.jpg', 'a-webp-160.webp', 'a-avif-80.avif', 'b.jpg'],
    ]);
  });
});

test('identical images have all files of their own', async () => {
  const csv = `Image\n${`${pictures.url('/c.jpg')}\n`.repeat(4)}`;
  const before = pictures.count('/c.jpg');
  const requestId = await uploaded(service.url, csv, { outputs: OUTPUTS });
  const images = imagesOf(await finished(service.url, requestId));
  expect(pictures.count('/c.jpg')).toBe(before + 1);
  const urls = images.flatMap(({ outputs = [] }) => outputs.map(({ url }) => url));
  expect(new Set(urls).size).toBe(12);
  for (const url of urls) expect((await fetch(url)).status).toBe(200);
});

test('other outputs are another result', async () => {
  const before = pictures.count('/c.jpg');
  for (const outputs of ['png:100,webp:60', 'png:100,webp:60:50', 'png:100,webp:61', 'png:100']) {
    const requestId = await uploaded(service.url, `Image\n${pictures.url('/c.jpg')}\n`, { outputs });
    await finished(service.url, requestId);
  }
  expect(pictures.count('/c.jpg')).toBe(before + 4);
});

test('a store that fails for one output completes nothing, and resumes', async () => {
  const held: (() => void)[] = [];
  pictures.on('/held.jpg', (response, attempt, request) => void held.push(() => ok(jpeg)(response, attempt, request)));
  const requestId = await uploaded(service.url, `Image\n${pictures.url('/held.jpg')}\n`, { outputs: OUTPUTS });
  await waitFor(async () => held.length > 0);
  const [{ id }] = imagesOf(await statusOf(service.url, requestId)) as [ShownImage];
  const names = outputNames(id, {
    format: 'jpeg',
    outputs: [{ format: 'jpeg' }, { format: 'webp' }, { format: 'avif' }],
  });
  const [first = '', second = '', third = ''] = names;
  // A folder in place of the second file, which a rename cannot replace.
  await mkdir(join(service.imageDirectory, second));
  held.shift()?.();
  const waiting = await waitFor(async () => {
    const [image] = imagesOf(await statusOf(service.url, requestId));
    return image?.error?.code === 'storage_failed' && image;
  });
  expect(waiting).toMatchObject({ status: 'pending', outputUrl: null, outputs: [] });
  const stored = await readdir(service.imageDirectory);
  expect([stored.includes(first), stored.includes(third)]).toEqual([false, true]);
  expect(stored.filter((name) => name.startsWith('.'))).toEqual([]);

  await rmdir(join(service.imageDirectory, second));
  await waitFor(async () => {
    held.splice(0).forEach((go) => {
      go();
    });
    return (await statusOf(service.url, requestId)).status === 'completed';
  }, 40_000);
  const [image] = imagesOf(await statusOf(service.url, requestId));
  expect(image?.outputs).toHaveLength(3);
  for (const { url } of image?.outputs ?? []) expect((await fetch(url)).status).toBe(200);
}, 60_000);
