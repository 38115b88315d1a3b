import { expect, test } from '@jest/globals';
import { dryRunText, summary } from '../../src/cli/summary.ts';
import type { Status } from '../../src/cli/transfer/client.ts';

const STATUS: Status = {
  status: 'completed',
  finishedAt: '2026-11-27T03:00:00.000Z',
  progress: { total: 50, completed: 50, failed: 0, cancelled: 0, percent: 100 },
  bytes: { in: 4_000_000, out: 1_000_000, savedPercent: 75 },
  products: [],
  next: null,
};

test('the summary names pictures that are the same under many URLs', () => {
  const sameBytes = [{ count: 40, exampleUrls: ['https://shop.example/1.jpg', 'https://shop.example/2.jpg'] }];
  expect(summary({ ...STATUS, report: { sameBytes } }, [], 3).split('\n')).toEqual([
    expect.stringMatching(/^50 images: 50 compressed\./),
    '40 images are the same picture, perhaps a placeholder of the image server, e.g. https://shop.example/1.jpg',
  ]);
});

test.each([{}, { report: null }, { report: {} }, { report: { sameBytes: [] } }])('%j: nothing to name', (more) => {
  expect(summary({ ...STATUS, ...more }, [], 3).split('\n')).toHaveLength(1);
});

test.each([
  [2, 300_000, 2, 'Would download 2 images from 1 host: 300 kB in the 2 whose size is known.'],
  [5, 0, 0, 'Would download 5 images from 1 host: no size is known; 2 were looked at.'],
])('a dry run of %i images, %i bytes of %i: %s', (images, bytes, sizes, line) => {
  const run = { images, hosts: 1, checked: 2, bytes, sizes, failures: [] };
  expect(dryRunText(run, { out: 'out.csv', images: 'out' }).split('\n')).toContain(line);
});
