import { parseRetryAfter } from '../../src/network/retry-after.ts';

const now = Date.UTC(2024, 0, 1);

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Mon, 01 Jan 2024 00:00:30 GMT', 30_000],
  ['Sun, 31 Dec 2023 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('parses %p as %p ms', (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});
