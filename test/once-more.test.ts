import { failedOnceMore } from '../scripts/once-more.mjs';

const NOTHING = { passed: 0, failed: 0, skipped: [], failedFiles: [] };
const failed = (file: string, passed: number) => ({ file, passed });

let printed: string[];
let runs: string[][];
beforeEach(() => {
  printed = [];
  runs = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => jest.restoreAllMocks());

const answering = (result: object) => async (args: string[]) => {
  runs.push(args);
  return { ...NOTHING, ...result };
};

test('a file that passes alone counts as passed and is named', async () => {
  const first = { ...NOTHING, passed: 100, failed: 2, failedFiles: [failed('test/a.test.ts', 7)] };
  expect(await failedOnceMore(first, answering({ passed: 9 }))).toMatchObject({ passed: 102, failed: 0 });
  expect(runs).toEqual([['--runInBand', '--runTestsByPath', 'test/a.test.ts']]);
  expect(printed).toContain('UNSTEADY: test/a.test.ts failed next to others and passed alone');
});

test('a file that fails again has failed', async () => {
  const files = [failed('test/a.test.ts', 7), failed('test/b.test.ts', 0)];
  const first = { ...NOTHING, passed: 100, failed: 2, failedFiles: files };
  const second = { passed: 12, failed: 1, failedFiles: [failed('test/b.test.ts', 3)] };
  expect(await failedOnceMore(first, answering(second))).toMatchObject({ passed: 105, failed: 1 });
  expect(printed).toContain('FAILED TWICE: test/b.test.ts');
  expect(printed).toContain('UNSTEADY: test/a.test.ts failed next to others and passed alone');
});

test('a second run without a result has failed', async () => {
  const first = { ...NOTHING, passed: 100, failed: 1, failedFiles: [failed('test/a.test.ts', 7)] };
  expect(await failedOnceMore(first, answering({ failed: 1 }))).toMatchObject({ passed: 93, failed: 1 });
  expect(printed.join()).not.toContain('passed alone');
});

test.each([
  ['no failure', []],
  ['four files with failures', ['a', 'b', 'c', 'd'].map((file) => failed(file, 1))],
])('%s: nothing runs again', async (_, failedFiles) => {
  const first = { ...NOTHING, passed: 5, failed: failedFiles.length, failedFiles };
  expect(await failedOnceMore(first, answering({ passed: 9 }))).toBe(first);
  expect(runs).toEqual([]);
});

test('a run that failed without a failed file is not repeated', async () => {
  const first = { ...NOTHING, failed: 1 };
  expect(await failedOnceMore(first, answering({ passed: 9 }))).toBe(first);
});
