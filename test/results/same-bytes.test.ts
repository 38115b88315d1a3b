import type { ReportedImage } from '../../src/requests/image-store.ts';
import { createReportTally } from '../../src/results/request-report.ts';
import { createSameBytesTally, EXAMPLES_SHOWN, GROUPS_SHOWN, SAME_FROM } from '../../src/results/same-bytes.ts';
import { collectGarbage } from '../support/garbage.ts';

const image = (inputUrl: string, crc32: number, changes: Partial<ReportedImage> = {}): ReportedImage => ({
  ...{ row: 0, serialNumber: 'S', productName: 'P', inputUrl, status: 'completed' },
  ...{ bytesIn: 1_000, bytesOut: 400, crc32 },
  ...changes,
});
const url = (n: number): string => `https://shop.example/${n}.jpg`;
const images = (count: number, crc32: number, from = 0): ReportedImage[] =>
  Array.from({ length: count }, (_, n) => image(url(from + n), crc32));
const tallied = (all: Iterable<ReportedImage>, maxSources?: number) => {
  const tally = createSameBytesTally(maxSources);
  for (const one of all) tally.add(one);
  return tally.result();
};

const retainedBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

test('a picture under 40 URLs among others is reported with its size and examples', () => {
  const others = Array.from({ length: 100 }, (_, n) => image(url(1_000 + n), 5_000 + n));
  const [group, ...more] = tallied([...others.slice(0, 50), ...images(40, 7), ...others.slice(50)]);
  expect(more).toEqual([]);
  expect(group).toMatchObject({ count: 40, bytes: 1_000 });
  expect(group?.exampleUrls).toHaveLength(EXAMPLES_SHOWN);
  for (const example of group?.exampleUrls ?? [])
    expect(images(40, 7).map(({ inputUrl }) => inputUrl)).toContain(example);
});

test('a group has at least ten different URLs; repeated ones count once', () => {
  expect(tallied(images(SAME_FROM - 1, 7))).toEqual([]);
  expect(tallied(images(SAME_FROM, 7))).toMatchObject([{ count: SAME_FROM }]);
  expect(tallied(Array.from({ length: 500 }, (_, n) => image(url(n % 9), 7)))).toEqual([]);
});

test('sources of another length, failed images and those of earlier versions do not belong to it', () => {
  const nine = images(9, 7);
  const { crc32: _crc32, ...earlier } = image(url(99), 7);
  expect(tallied([...nine, image(url(99), 7, { bytesIn: 1_001 })])).toEqual([]);
  expect(tallied([...nine, image(url(99), 7, { status: 'failed' })])).toEqual([]);
  expect(tallied([...nine, earlier])).toEqual([]);
});

test('the largest groups come first, up to ten', () => {
  const groups = Array.from({ length: 15 }, (_, n) => images(SAME_FROM + n, n, 100 * n));
  const found = tallied(groups.flat());
  expect(found).toHaveLength(GROUPS_SHOWN);
  expect(found.map(({ count }) => count)).toEqual([24, 23, 22, 21, 20, 19, 18, 17, 16, 15]);
});

test('examples hide credentials and are cut', () => {
  const secret = images(SAME_FROM, 7).map((one) => ({
    ...one,
    inputUrl: `${one.inputUrl.replace('//', '//user:PASSWORD@')}?X-Amz-Signature=SECRET&${'𝕏'.repeat(4_000)}`,
  }));
  const text = JSON.stringify(tallied(secret));
  expect(text).not.toMatch(/PASSWORD|SECRET/);
  expect(text).toContain('user:***@shop.example');
  expect(text.length).toBeLessThan(1_500);
  expect(text.isWellFormed()).toBe(true);
});

test('memory is bounded, and a picture that comes often is found wherever it starts', () => {
  const mixed = function* (): Generator<ReportedImage> {
    for (let n = 0; n < 20_000; n += 1) {
      yield image(url(n), 1_000_000 + n);
      if (n > 10_000 && n % 20 === 0) yield image(url(1_000_000 + n), 7);
    }
  };
  expect(tallied(mixed(), 1_000)).toMatchObject([{ count: 499 }]);
  const heavy = function* (): Generator<ReportedImage> {
    for (let n = 0; n < 30_000; n += 1) yield image(url(n), n % 3_000);
  };
  expect(tallied(heavy(), 100).length).toBeLessThanOrEqual(GROUPS_SHOWN);
});

test('hundreds of thousands of images are tallied in bounded memory', () => {
  const before = retainedBytes();
  const tally = createSameBytesTally();
  for (let n = 0; n < 250_000; n += 1) tally.add(image(url(n), n % 25 === 0 ? 7 : 100 + n));
  const kept = retainedBytes() - before;
  expect(tally.result()).toMatchObject([{ count: 10_000 }]);
  expect(kept).toBeLessThan(20 * 1024 * 1024);
});

test('the report of a request contains them', () => {
  const tally = createReportTally();
  for (const one of images(40, 7)) tally.add(one);
  expect(tally.result().sameBytes).toMatchObject([{ count: 40, bytes: 1_000 }]);
});
