import { createProgress } from '../../src/cli/progress.ts';

const AT_WORK = {
  progress: { total: 12_345, completed: 6_789, failed: 1_234, cancelled: 0, percent: 64 },
  bytes: { in: 4_000_000_000, out: 1_000_000_000, savedPercent: 75 },
};
const BEFORE = { ...AT_WORK, progress: { ...AT_WORK.progress, completed: 0, failed: 0, percent: 0 } };

const shownIn = (columns: number): string => {
  let time = 0;
  let text = '';
  const write = (more: string): void => {
    text = more;
  };
  const progress = createProgress({ isTTY: true, columns, write }, () => time);
  progress.show(BEFORE);
  time = 100_000;
  progress.show(AT_WORK);
  return text.replace('\r\x1b[K', '');
};

test.each([20, 30, 40, 60, 80, 200])('in a terminal of %i columns the line does not wrap', (columns) => {
  const line = shownIn(columns);
  expect(line.length).toBeLessThan(columns);
  expect(line).toContain('64%');
});

test('in 40 columns the counts come first, and in 80 there is a bar', () => {
  expect(shownIn(40)).toBe('███░░░  64%  8,023/12,345  1,234 failed');
  expect(shownIn(100)).toMatch(
    /^█+░+ {2}64% {2}8,023\/12,345 {2}1,234 failed {2}54 s left {2}80\.2\/s {2}3000\.0 MB saved$/,
  );
});

test('without a terminal there is a plain line every 5 s, and every 30 s after a minute', () => {
  let time = 0;
  const lines: string[] = [];
  const progress = createProgress({ write: (line) => lines.push(`${time / 1000}: ${line}`) }, () => time);
  for (; time <= 180_000; time += 1_000) progress.show(AT_WORK);
  expect(lines[0]).toMatch(/^0: 64% {2}8,023\/12,345 {2}1,234 failed {2}3000\.0 MB saved\n$/);
  const times = lines.map((line) => Number.parseInt(line, 10));
  expect(times).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 90, 120, 150, 180]);
});
