import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { readScrape } from '../support/exposition.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}
const FOLDER = 'deploy/prometheus';
const { groups }: { groups: { rules: Rule[] }[] } = parse(readFileSync(`${FOLDER}/alerts.yaml`, 'utf8'));
const rules = groups.flatMap((group) => group.rules);

/** The parts of an expression by their kind in the grammar. */
const partsOf = (expr: string, kind: string): string[] => {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (name === kind || (kind === 'error' && name === '⚠')) found.push(expr.slice(from, to));
    },
  });
  return found;
};

/** All that /metrics has, without a service. */
const samples = async () => {
  const metrics = createMetrics({ version: '1.0.0', role: 'all' });
  metrics.watchPool({ capacity: 1, queued: () => 0, run: async () => undefined });
  metrics.watchQueue({ images: async () => 0, oldestSeconds: async () => 0, webhooks: async () => 0 });
  metrics.watchParts({ database: { isDown: false }, images: { isDown: true } });
  metrics.calls({ method: 'GET', route: '/api/requests', status: 503, seconds: 1 });
  return readScrape(await metrics.text());
};

test('every alert is PromQL about metrics and label values that exist, and says what to do', async () => {
  const { families, value } = await samples();
  expect([value('bulk_image_database_up'), value('bulk_image_storage_up')]).toEqual([1, 0]);
  const known = [...families.values()].flatMap((family) => family.samples);
  expect(rules.length).toBeGreaterThan(10);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, expr, labels, annotations } of rules) {
    expect([alert, partsOf(expr, 'error')]).toEqual([alert, []]);
    const names = partsOf(expr, 'VectorSelector').map((selector) => /^\w+/.exec(selector)?.[0] ?? '');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names.filter((each) => each !== 'up')) {
      expect([alert, name, known.some((sample) => sample.name === name)]).toEqual([alert, name, true]);
    }
    for (const selector of partsOf(expr, 'VectorSelector')) {
      const name = /^\w+/.exec(selector)?.[0];
      for (const [, label = '', values = ''] of selector.matchAll(/(outcome|code|status)=~?"([^"]+)"/g)) {
        for (const text of values.split('|')) {
          const exists = known.some((sample) => sample.name === name && sample.labels[label] === text);
          expect([alert, label, text, exists]).toEqual([alert, label, text, true]);
        }
      }
    }
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(Object.keys(annotations).sort()).toEqual(['description', 'summary']);
  }
  // A mistake is found.
  expect(partsOf('sum by (job (up)', 'error')).not.toEqual([]);
});

test('docs/operations.md names every alert', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  expect([...page.matchAll(/^\| `(BulkImage\w+)`/gm)].map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert));
});

/** `promtool` takes minutes to build, so it is used where there is one; .ci/run takes it from Debian's package. */
const hasPromtool = (() => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
(hasPromtool ? test : test.skip)('promtool accepts the rules, their tests and the metrics', async () => {
  const run = (args: string[], input?: string) => execFileSync('promtool', args, { encoding: 'utf8', input });
  expect(run(['check', 'rules', '--lint-fatal', `${FOLDER}/alerts.yaml`])).toContain(`${rules.length} rules found`);
  expect(run(['test', 'rules', `${FOLDER}/alerts.test.yaml`])).toContain('SUCCESS');
  expect(run(['check', 'metrics'], await createMetrics({ version: '1.0.0', role: 'all' }).text())).toBe('');
});
