import fc from 'fast-check';
import type { ReportedImage } from '../../src/requests/image-store.ts';
import {
  createReportTally,
  ORIGINS_SHOWN,
  OUTLIERS_SHOWN,
  originOf,
  PRODUCTS_SHOWN,
} from '../../src/results/request-report.ts';

const image = (row: number, changes: Partial<ReportedImage> = {}): ReportedImage => ({
  ...{ row, serialNumber: `S${row}`, productName: `P${row}`, inputUrl: 'https://a.example/1.jpg' },
  ...{ status: 'completed', bytesIn: 1_000, bytesOut: 400 },
  ...changes,
});
const failed = (
  row: number,
  inputUrl: string,
  code: NonNullable<ReportedImage['error']>['code'] = 'source_not_found',
) => {
  const { bytesIn: _in, bytesOut: _out, ...rest } = image(row, { inputUrl, status: 'failed' });
  return { ...rest, error: { code, message: '' } };
};
const requestReportOf = (images: readonly ReportedImage[]) => {
  const tally = createReportTally();
  for (const one of images) tally.add(one);
  return tally.result();
};

test('bytes are summed by row over the completed images, sorted by savings', () => {
  const report = requestReportOf([
    image(0),
    image(0, { bytesIn: 500, bytesOut: 600 }),
    image(1, { bytesIn: 9_000, bytesOut: 1_000 }),
    failed(1, 'https://a.example/x'),
    failed(2, 'https://a.example/x'),
    image(3, { bytesIn: 10, bytesOut: 30 }),
  ]);
  expect(report.products).toEqual([
    { row: 2, serialNumber: 'S1', productName: 'P1', images: 1, bytesIn: 9_000, bytesOut: 1_000, savedPercent: 88.9 },
    { row: 1, serialNumber: 'S0', productName: 'P0', images: 2, bytesIn: 1_500, bytesOut: 1_000, savedPercent: 33.3 },
    { row: 4, serialNumber: 'S3', productName: 'P3', images: 1, bytesIn: 10, bytesOut: 30, savedPercent: -200 },
  ]);
  expect(report.productCount).toBe(4);
});

test('the report contains the rows with the largest savings', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 5_000 }), { maxLength: 60 }), (savings) => {
      const report = requestReportOf(
        savings.map((saving, row) => image(row, { bytesIn: 6_000, bytesOut: 6_000 - saving })),
      );
      const expected = savings.toSorted((a, b) => b - a).slice(0, PRODUCTS_SHOWN);
      expect(report.products.map(({ bytesIn, bytesOut }) => bytesIn - bytesOut)).toEqual(expected);
      expect(report.productCount).toBe(savings.length);
    }),
  );
});

test('failures are grouped by code and origin, most frequent first', () => {
  const report = requestReportOf([
    ...[1, 2, 3].map((n) => failed(n, `https://b.example:8443/${n}.jpg`)),
    failed(4, 'http://a.example/1.jpg'),
    failed(5, 'http://a.example/2.jpg', 'corrupt_image'),
    failed(6, 'not a url', 'invalid_url'),
    { ...image(7), status: 'cancelled' },
  ]);
  expect(report.failures).toEqual([
    {
      ...{ code: 'source_not_found', count: 4 },
      origins: [
        { origin: 'https://b.example:8443', count: 3 },
        { origin: 'http://a.example', count: 1 },
      ],
    },
    { code: 'corrupt_image', count: 1, origins: [{ origin: 'http://a.example', count: 1 }] },
    { code: 'invalid_url', count: 1, origins: [{ origin: null, count: 1 }] },
  ]);
});

test('the ten most frequent origins of a code are listed, and all failures are counted', () => {
  const urls = Array.from({ length: 30 }, (_, n) => Array.from({ length: n + 1 }, () => `https://h${n}.example/`));
  const [failure] = requestReportOf(urls.flat().map((url, n) => failed(n, url))).failures;
  expect(failure?.origins).toHaveLength(ORIGINS_SHOWN);
  expect(failure?.origins[0]).toEqual({ origin: 'https://h29.example', count: 30 });
  expect(failure?.count).toBe(465);
});

test.each([
  ['https://user:password@shop.example/a?X-Amz-Signature=abc', 'https://shop.example'],
  ['s3://bucket/key', 's3://bucket'],
  ['ftp://user:password@shop.example/a', 'ftp://shop.example'],
  ['javascript:alert("user:password@x")', null],
  ['https://user:password@', null],
  ['', null],
])('the origin of %s contains no credentials', (url, origin) => {
  expect(originOf(url)).toBe(origin);
});

test('a report stays small with very long cells and host names', () => {
  const long = '𝕏'.repeat(100_000);
  const report = requestReportOf([
    ...Array.from({ length: 50 }, (_, row) => image(row, { serialNumber: long, productName: long })),
    ...Array.from({ length: 50 }, (_, n) => failed(100 + n, `https://${'h'.repeat(2_000)}${n}.example/`)),
  ]);
  const text = JSON.stringify(report);
  expect(text.length).toBeLessThan(20_000);
  expect(text.isWellFormed()).toBe(true);
});

test('images are counted by how much they saved: a band begins with its lower end, the last one has both', () => {
  const savedBy = (percent: number): ReportedImage => image(0, { bytesIn: 1_000, bytesOut: 1_000 - 10 * percent });
  const report = requestReportOf([-0.1, 0, 9.9, 10, 24.9, 25, 50, 75, 89.9, 90, 100].map(savedBy));
  expect(report.savings?.bands.map(({ fromPercent, toPercent, count }) => [fromPercent, toPercent, count])).toEqual([
    ...[
      [null, 0, 1],
      [0, 10, 2],
      [10, 25, 2],
      [25, 50, 1],
    ],
    ...[
      [50, 75, 1],
      [75, 90, 2],
      [90, 100, 2],
    ],
  ]);
});

test('images that stand out are counted, and the ten largest of each kind listed', () => {
  const ids = Array.from({ length: 12 }, (_, n) => n);
  const { savings } = requestReportOf([
    ...ids.map((n) => image(n, { _id: `grew ${n}`, bytesOut: 1_001 + n })),
    ...ids.map((n) => image(n, { _id: `kept ${n}`, bytesIn: 500 + n, bytesOut: 500 + n, notes: ['kept_original'] })),
    image(20, { _id: 'hardly', bytesOut: 901 }),
    image(21, { _id: 'enough', bytesOut: 900 }),
  ]);
  const largest = (kind: string) =>
    ids
      .toReversed()
      .slice(0, OUTLIERS_SHOWN)
      .map((n) => `${kind} ${n}`);
  expect([savings?.grew.count, savings?.grew.images.map(({ id }) => id)]).toEqual([12, largest('grew')]);
  expect([savings?.keptOriginal.count, savings?.keptOriginal.images.map(({ id }) => id)]).toEqual([
    12,
    largest('kept'),
  ]);
  expect(savings?.hardlySaved).toEqual({
    count: 1,
    images: [{ id: 'hardly', row: 21, productName: 'P20', bytesIn: 1_000, bytesOut: 901 }],
  });
});
