import type { ImageStore, OutlinedImage } from '../../src/requests/image-store.ts';
import type { RequestStore } from '../../src/requests/request-store.ts';
import type { RequestRecord } from '../../src/requests/types.ts';
import { outputCsv } from '../../src/results/output-csv.ts';

const PER_ROW = 200;
const ROWS = 500;

const request = {
  ...{ _id: 'r', state: 'completed', run: 1, createdAt: new Date(0), heartbeatAt: new Date(0), total: PER_ROW * ROWS },
  options: { quality: 50, format: 'jpeg' },
  csv: { header: ['No', 'Name', 'Urls'], delimiter: ',', chunks: 1 },
} as unknown as RequestRecord;

/** One chunk of rows, each with many URLs that are much shorter than their output URLs. */
const requests = {
  rowChunk: async () => ({
    firstRow: 0,
    rows: Array.from({ length: ROWS }, (_, row) => [`${row}`, 'P', 'http://a/']),
  }),
} as unknown as RequestStore;

const images = {
  outlines: async (_id: string, from: number, to: number) =>
    Array.from({ length: Math.min(to, request.total) - from }, (_, at) => ({
      ...{ _id: `i${from + at}`, row: Math.floor((from + at) / PER_ROW), status: 'completed' },
    })) as unknown as OutlinedImage[],
} as unknown as ImageStore;

test('the output is streamed in small pieces even if it is much longer than the stored rows', async () => {
  const pieces: string[] = [];
  for await (const piece of outputCsv(requests, images, request, (name) => `http://x/${'o'.repeat(80)}/${name}`)) {
    pieces.push(piece);
  }
  expect(pieces.join('').match(/\r\n/g)).toHaveLength(ROWS + 1);
  expect(pieces.join('').length).toBeGreaterThan(8_000_000);
  // The buffered rows plus the one that exceeds the limit.
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(128 * 1024);
});
