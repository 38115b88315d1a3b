import type { ImageStore } from '../../src/requests/image-store.ts';
import type { ImageRecord, RequestRecord } from '../../src/requests/types.ts';
import { createStatusView, PAGE_BYTES } from '../../src/results/status.ts';

const MIB = 1024 * 1024;

interface Page {
  readonly products: { serialNumber: string; productName: string; images: { index: number; inputUrl: string }[] }[];
  readonly next: string | null;
}

const requestOf = (total: number): RequestRecord => ({
  ...{ _id: 'r', state: 'completed', run: 1, createdAt: new Date(0), heartbeatAt: new Date(0), total },
  options: { quality: 50, format: 'jpeg' },
  csv: { header: [], delimiter: ',', chunks: 1 },
  counters: { completed: 0, failed: total, cancelled: 0, bytesIn: 0, bytesOut: 0 },
});

/** Images with `perRow` per row, as they are stored: only the first of a row has the names. */
const storeOf = (total: number, perRow: number, urlOf: (seq: number) => string) => {
  const reads: number[] = [];
  const page = async (requestId: string, from: number, to: number): Promise<ImageRecord[]> => {
    reads.push(Math.min(to, total) - from);
    return Array.from({ length: Math.min(to, total) - from }, (_, at) => {
      const seq = from + at;
      const [row, index] = [Math.floor(seq / perRow), seq % perRow];
      return {
        ...{
          _id: `i${seq}`,
          requestId,
          seq,
          row,
          index,
          inputUrl: urlOf(seq),
          status: 'failed',
          attempts: 1,
          reports: 1,
        },
        ...(index === 0 ? { serialNumber: `S${row}`, productName: `Product ${row}` } : {}),
      };
    });
  };
  return { reads, images: { page } as unknown as ImageStore };
};

const read = async (images: ImageStore, total: number, limit: number, after = -1) => {
  const slices: string[] = [];
  const view = createStatusView(images, (name) => `http://x/${name}`);
  for await (const slice of view(requestOf(total), null, { limit, after })) slices.push(slice);
  return { slices, page: JSON.parse(slices.join('')) as Page };
};

test('a page of long URLs is limited by bytes, and is streamed in small slices', async () => {
  const { reads, images } = storeOf(10_000, 3, (seq) => `http://images.example/${'u'.repeat(8_100)}/${seq}`);
  const { slices, page } = await read(images, 10_000, 10_000);
  const text = slices.join('');
  expect(text.length).toBeGreaterThan(PAGE_BYTES);
  expect(text.length).toBeLessThan(PAGE_BYTES + MIB / 8);
  expect(Math.max(...slices.map((slice) => slice.length))).toBeLessThan(MIB / 4);
  expect(Math.max(...reads)).toBeLessThanOrEqual(20);
  expect(page.next).toMatch(/^\/api\/status\/r\?limit=10000&after=\d+$/);
});

test('a page is limited by bytes, not by characters', async () => {
  const { images } = storeOf(2_000, 3, (seq) => `http://images.example/${'\u56fe'.repeat(2_500)}/${seq}`);
  const { slices } = await read(images, 2_000, 2_000);
  expect(Buffer.byteLength(slices.join(''))).toBeLessThan(PAGE_BYTES + MIB / 8);
});

test('typical URLs are streamed in a few slices of some ten kilobytes', async () => {
  const { reads, images } = storeOf(1_000, 3, (seq) => `http://images.example/${seq}.jpg`);
  const { slices, page } = await read(images, 1_000, 1_000);
  expect(reads.length).toBeLessThanOrEqual(10);
  expect(Math.max(...slices.map((slice) => slice.length))).toBeLessThan(MIB / 8);
  expect(page.products.flatMap((product) => product.images)).toHaveLength(1_000);
  expect(page.next).toBeNull();
});

test('the pages contain each image once, and each page has the names of its products', async () => {
  const { images } = storeOf(1_234, 7, (seq) => `http://images.example/${'u'.repeat(seq)}.jpg`);
  const seen: string[] = [];
  for (let after: number | null = -1; after !== null; ) {
    const { page }: { page: Page } = await read(images, 1_234, 500, after);
    for (const { serialNumber, productName, images: shown } of page.products) {
      expect(serialNumber).toBe(productName.replace('Product ', 'S'));
      seen.push(...shown.map(({ index }) => `${productName} ${index}`));
    }
    after = page.next === null ? null : Number(/after=(\d+)/.exec(page.next)?.[1]);
  }
  expect(seen).toEqual(Array.from({ length: 1_234 }, (_, seq) => `Product ${Math.floor(seq / 7)} ${seq % 7}`));
});

test('a page after the end has no products', async () => {
  const { images } = storeOf(3, 1, () => 'http://images.example/1.jpg');
  expect((await read(images, 3, 10, 2)).page).toMatchObject({ products: [], next: null });
});
