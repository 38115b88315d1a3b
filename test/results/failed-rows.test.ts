import type { DetailedImage, ImageStore } from '../../src/requests/image-store.ts';
import type { RequestStore } from '../../src/requests/request-store.ts';
import type { RequestRecord, StoredTable } from '../../src/requests/types.ts';
import { failedRows } from '../../src/results/failed-rows.ts';
import { inspect } from '../csv/sources.ts';

const notFound = { code: 'source_not_found', message: 'The image server has no image at this URL.' } as const;
const noHost = { code: 'host_not_found', message: 'The host name in the URL does not exist.' } as const;
const NOT_FOUND = [notFound.code, notFound.message, 'It returned 404 or 410. Fix the URL.'];

type Given = Partial<DetailedImage>;
const failed = (row: number, rest: Given = {}): Given => ({ row, status: 'failed', error: notFound, ...rest });
const completed = (row: number, rest: Given = {}): Given => ({ row, status: 'completed', ...rest });

const tableOf = (header: readonly string[], images: readonly number[]): StoredTable => ({
  ...{ header, delimiter: ',', chunks: 1, columns: { serialNumber: 0, productName: null, images } },
});

const requestOf = (csv: StoredTable, total: number, failures: number) =>
  ({ _id: 'r', total, csv, counters: { failed: failures } }) as unknown as RequestRecord;

const rowsOf = async (
  csv: StoredTable,
  rows: readonly (readonly string[])[],
  images: readonly Given[],
): Promise<string[][]> => {
  const requests = { rowChunk: async () => ({ firstRow: 0, rows }) } as unknown as RequestStore;
  const store = {
    details: async (_id: string, from: number, to: number) => images.slice(from, to),
  } as unknown as ImageStore;
  const failures = images.filter(({ status }) => status === 'failed').length;
  const found: string[][] = [];
  for await (const row of failedRows(requests, store, requestOf(csv, images.length, failures))) found.push([...row]);
  return found;
};

test('only rows with failed images come back, as they were, with what happened and what to do', async () => {
  const rows = [['1', ' http://x/a.jpg ', 'blue'], ['2', 'http://x/b.jpg', 'red'], ['3']];
  expect(await rowsOf(tableOf(['SKU', 'Image', 'Color'], [1]), rows, [failed(0), completed(1)])).toEqual([
    ['SKU', 'Image', 'Color', 'Error Code', 'Error', 'What To Do'],
    ['1', ' http://x/a.jpg ', 'blue', ...NOT_FOUND],
  ]);
});

test('image cells have only the failed URLs; different errors are listed once each', async () => {
  const rows = [['1', 'http://x/a.jpg, http://x/w_1,h_2/b.jpg | http://x/c.jpg', 'http://x/d.jpg', 'http://x/e.jpg']];
  const images = [
    ...[completed(0), failed(0), failed(0)],
    completed(0, { column: 1 }),
    failed(0, { column: 2, error: noHost }),
  ];
  expect((await rowsOf(tableOf(['SKU', 'Image', 'Image 2', 'Image 3'], [1, 2, 3]), rows, images))[1]).toEqual([
    ...['1', 'http://x/w_1,h_2/b.jpg,http://x/c.jpg', '', 'http://x/e.jpg'],
    `${notFound.code}\n${noHost.code}`,
    `${notFound.message}\n${noHost.message}`,
    'It returned 404 or 410. Fix the URL.\nCheck the host name.',
  ]);
});

test('a URL that was corrected is in place of the one that was uploaded', async () => {
  const rows = [['1', ' http://x/a.jpg | http://x/b.jpg ', ' http://x/c.jpg ']];
  const corrected = { inputUrl: 'http://x/fixed.jpg', corrected: true };
  const images = [failed(0), failed(0, corrected), failed(0, { column: 1, inputUrl: 'http://x/c.jpg' })];
  expect((await rowsOf(tableOf(['SKU', 'Image', 'Image 2'], [1, 2]), rows, images))[1]?.slice(0, 3)).toEqual([
    ...['1', 'http://x/a.jpg,http://x/fixed.jpg', ' http://x/c.jpg '],
  ]);
});

test('cancelled images are not failed ones', async () => {
  const rows = [['1', 'http://x/a.jpg http://x/b.jpg']];
  const images = [{ row: 0, status: 'cancelled' as const }, failed(0)];
  expect((await rowsOf(tableOf(['SKU', 'Image'], [1]), rows, images))[1]?.[1]).toBe('http://x/b.jpg');
});

test('unquoted URLs beyond the header row stay in the image column', async () => {
  const rows = [['1', 'http://x/a.jpg', 'http://x/b.jpg', 'http://x/c.jpg']];
  const images = [failed(0), completed(0), failed(0)];
  expect((await rowsOf(tableOf(['SKU', 'Image'], [1]), rows, images))[1]).toEqual([
    ...['1', 'http://x/a.jpg,http://x/c.jpg'],
    ...NOT_FOUND,
  ]);
});

test('a row with very many different errors names the first ones', async () => {
  const urls = Array.from({ length: 1_000 }, (_, at) => `http://x/${at}.jpg`);
  const images = urls.map((_, at) => failed(0, { error: { ...notFound, message: `Message ${at}.` } }));
  const row = (await rowsOf(tableOf(['SKU', 'Image'], [1]), [['1', urls.join(' ')]], images))[1];
  expect(row?.[3]?.split('\n')).toHaveLength(11);
  expect(row?.[3]).toMatch(/and 990 more$/);
});

test('a file of failed rows that fails again has one set of error columns, an own column "Error" is left alone', async () => {
  const again = ['SKU', 'Image', 'Error Code', 'Error', 'What To Do', 'Note'];
  const rows = [['1', 'http://x/a.jpg', 'old', 'old', 'old', 'n']];
  expect(await rowsOf(tableOf(again, [1]), rows, [failed(0)])).toEqual([
    again,
    ['1', 'http://x/a.jpg', ...NOT_FOUND, 'n'],
  ]);
  expect(await rowsOf(tableOf(['SKU', 'Image', 'Error'], [1]), [['1', 'http://x/a.jpg', 'own']], [failed(0)])).toEqual([
    ['SKU', 'Image', 'Error', 'Error Code', 'Error', 'What To Do'],
    ['1', 'http://x/a.jpg', 'own', ...NOT_FOUND],
  ]);
});

test('without failed images there is only the header row, and nothing is read', async () => {
  const read = (): never => {
    throw new Error('read');
  };
  const request = requestOf(tableOf(['SKU', 'Image'], [1]), 3, 0);
  const found: unknown[] = [];
  const stores = [{ rowChunk: read }, { details: read }] as unknown as [RequestStore, ImageStore];
  for await (const row of failedRows(...stores, request)) found.push(row);
  expect(found).toEqual([['SKU', 'Image', 'Error Code', 'Error', 'What To Do']]);
});

test('a request of a version before columns were stored, with credentials in its URLs', async () => {
  const csv = { header: ['S. No.', 'Name', 'image_urls'], delimiter: ';', chunks: 1 };
  const rows = [['1', 'x', 'http://me:secret@x/a.jpg?token=t,http://x/b.jpg']];
  expect((await rowsOf(csv, rows, [failed(0), completed(0)]))[1]?.[2]).toBe('http://me:secret@x/a.jpg?token=t');
});

test('100,000 rows are read chunk by chunk and page by page, and only when asked for', async () => {
  const [chunkRows, total] = [500, 100_000];
  let [chunks, pages] = [0, 0];
  const requests = {
    rowChunk: async (_id: string, number: number) => {
      chunks += 1;
      const rows = Array.from({ length: chunkRows }, (_, at) => [`${number * chunkRows + at}`, 'http://x/a.jpg']);
      return { firstRow: number * chunkRows, rows };
    },
  } as unknown as RequestStore;
  const images = {
    details: async (_id: string, from: number, to: number) => {
      pages += 1;
      return Array.from({ length: to - from }, (_, at) => failed(from + at));
    },
  } as unknown as ImageStore;
  const csv = { ...tableOf(['SKU', 'Image'], [1]), chunks: total / chunkRows };
  let [count, misplaced, ahead] = [0, 0, 0];
  for await (const [serial] of failedRows(requests, images, requestOf(csv, total, total))) {
    if (count > 0 && serial !== `${count - 1}`) misplaced += 1;
    // What is read is at most a chunk and a page ahead of what is written.
    ahead = Math.max(ahead, chunks * chunkRows - count, pages * 1_000 - count);
    count += 1;
  }
  expect({ misplaced, ahead }).toEqual({ misplaced: 0, ahead: 1_000 });
  expect(count).toBe(total + 1);
});

test('messages with URLs are not taken for images when the file is uploaded again', async () => {
  const csv = 'SKU,Photo,Error Code,Error,What To Do\n1,http://x/a.jpg,invalid_url,http://x/a.jpg is bad,Fix it\n';
  const { dialect, urls } = await inspect(Buffer.from(csv));
  expect({ images: dialect?.columns.images, urls }).toEqual({ images: [1], urls: 1 });
});
