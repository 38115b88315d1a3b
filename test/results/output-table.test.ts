import type { ImageStore, OutlinedImage } from '../../src/requests/image-store.ts';
import type { RequestStore } from '../../src/requests/request-store.ts';
import type { RequestRecord, StoredTable } from '../../src/requests/types.ts';
import { csvText, type OutputChoice, outputRows } from '../../src/results/output-table.ts';

const requestWith = (total: number, csv: StoredTable) =>
  ({
    ...{ _id: 'r', state: 'completed', run: 1, createdAt: new Date(0), heartbeatAt: new Date(0), total },
    options: { quality: 50, format: 'jpeg' },
    csv,
  }) as unknown as RequestRecord;

const storeOf = (rows: readonly (readonly string[])[]) =>
  ({ rowChunk: async () => ({ firstRow: 0, rows }) }) as unknown as RequestStore;

const imagesOf = (all: (seq: number) => Partial<OutlinedImage>, total: number) => {
  const page = async (_id: string, from: number, to: number) =>
    Array.from({ length: Math.min(to, total) - from }, (_, at) => all(from + at));
  return { outlines: page, details: page } as unknown as ImageStore;
};

const textOf = async (
  rows: readonly (readonly string[])[],
  images: readonly Partial<OutlinedImage>[],
  csv: StoredTable,
  choice: OutputChoice = {},
): Promise<string> => {
  const request = requestWith(images.length, csv);
  const store = imagesOf((seq) => images[seq] ?? {}, images.length);
  let text = '';
  for await (const piece of csvText(
    outputRows(storeOf(rows), store, request, (name) => name, choice),
    request,
    choice,
  )) {
    text += piece;
  }
  return text;
};

test('the output is streamed in small pieces even if it is much longer than the stored rows', async () => {
  const [perRow, count] = [200, 500];
  const request = requestWith(perRow * count, { header: ['No', 'Name', 'Urls'], delimiter: ',', chunks: 1 });
  const rows = storeOf(Array.from({ length: count }, (_, row) => [`${row}`, 'P', 'http://a/']));
  const images = imagesOf(
    (seq) => ({ _id: `i${seq}`, row: Math.floor(seq / perRow), status: 'completed' }),
    request.total,
  );
  const pieces: string[] = [];
  const outputs = outputRows(rows, images, request, (name) => `http://x/${'o'.repeat(80)}/${name}`);
  for await (const piece of csvText(outputs, request)) pieces.push(piece);
  expect(pieces.join('').match(/\r\n/g)).toHaveLength(count + 1);
  expect(pieces.join('').length).toBeGreaterThan(8_000_000);
  // The buffered rows plus the one that exceeds the limit.
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(128 * 1024);
});

test('title lines, separator line, byte order mark and rows without images come back', async () => {
  const csv = {
    ...{ header: ['SKU', 'Image'], delimiter: ';', chunks: 1, preamble: [['Stock']], separatorLine: true, bom: true },
    columns: { serialNumber: 0, productName: null, images: [1] },
  };
  const images = [{ _id: 'a', row: 1, status: 'completed' as const }];
  expect(await textOf([['1'], ['2', 'u'], ['Total']], images, csv)).toBe(
    '\uFEFFsep=;\r\nStock\r\nSKU;Image;Output Image\r\n1;;\r\n2;u;a.jpg\r\nTotal;;\r\n',
  );
});

test('what the reader asks for overrides what the uploader chose', async () => {
  const csv = {
    ...{ header: ['SKU', 'Image'], delimiter: ',', chunks: 1, bom: true },
    ...({ output: 'replace', formulas: 'escape' } as const),
    columns: { serialNumber: 0, productName: null, images: [1] },
  };
  const images = [{ _id: 'a', row: 0, status: 'completed' as const }];
  expect(await textOf([['=1', 'u']], images, csv)).toBe("\uFEFFSKU,Image\r\n'=1,a.jpg\r\n");
  const choice = { bom: false, output: 'add', formulas: 'keep' } as const;
  expect(await textOf([['=1', 'u']], images, csv, choice)).toBe('SKU,Image,Output Image\r\n=1,u,a.jpg\r\n');
});

test('a request of a version before columns were stored has one column Output Image Urls', async () => {
  const csv = { header: ['S. No.', 'Name', 'image_urls'], delimiter: ',', chunks: 1 };
  const images = [{ _id: 'a', row: 0, status: 'completed' as const }];
  expect(await textOf([['1', 'x', 'u']], images, csv)).toBe(
    'S. No.,Name,image_urls,Output Image Urls\r\n1,x,u,a.jpg\r\n',
  );
});
