import { createGoals } from '../bench/stage/goals.mjs';
import { resultsFile } from '../bench/stage/report.mjs';

const rowOf = (table: string, label: string) => table.split('\n').find((line) => line.includes(label));

test('a goal is met by the median, and each engine has its own', () => {
  const goals = createGoals();
  goals.record('rate-50', [0.7, 0.82, 0.9]);
  expect(rowOf(goals.table('embedded'), '4 hosts, 50 ms')).toMatch(/\| 0\.820 \(0\.700–0\.900\) +\| ≥ 0\.8 +\| yes/);
  expect(rowOf(goals.table('fastest'), '4 hosts, 50 ms')).toMatch(/≥ 0\.85 +\| no/);
});

test('a goal whose values are not known is neither met nor missed', () => {
  const goals = createGoals();
  goals.record('cpu', [1.1, Number.NaN]);
  goals.cannot('imgproxy', 'not available here');
  const table = goals.table('embedded');
  expect(rowOf(table, 'CPU an image, service')).toMatch(/not measurable here .*\| – +\|$/);
  expect(rowOf(table, 'imgproxy')).toMatch(/not available here .*\| – +\|$/);
  expect(rowOf(table, 'HTTPS')).toMatch(/not in this run .*\| – +\|$/);
});

test('the results file keeps the sections of other runs, each with its source', () => {
  const machine = [['Date', 'today']];
  const write = (source: string, titles: string[], earlier: string) =>
    resultsFile({ machine, source, earlier, sections: titles.map((title) => ({ title, parts: [`by ${source}`] })) });
  const first = write('one', ['Goals, with a', '2. Old', '4. Kept'], '');
  const second = write('two', ['Goals, with a', '2. Old', '10. New'], first);

  expect(second.match(/^## .*|^_.*_$/gm)).toEqual([
    '## Goals, with a',
    '_two._',
    '## 2. Old',
    '_two._',
    '## 4. Kept',
    '_one._',
    '## 10. New',
    '_two._',
  ]);
  expect(write('two', ['Goals, with a', '2. Old', '10. New'], second)).toBe(second);
  expect(write('two', ['2. Old'], '# Notes of mine\n\n## 4. Kept\n')).not.toContain('Kept');
});
