import { readFileSync } from 'node:fs';
import { scrape } from '../support/exposition.ts';
import { startTestService } from '../support/service.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { refId: string; expr: string; legendFormat: string; datasource: { uid: string } }[];
}
interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
}

const dashboard: Dashboard = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8'));
const { panels } = dashboard;
/** Grafana's reference to the data source variable. */
const CHOSEN = `$${'{datasource}'}`;
const targets = panels.flatMap((panel) => panel.targets ?? []);
const queries = [
  ...targets.map(({ expr }) => expr),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

/** Names of series in a query: words with an underscore that are neither labels, functions nor variables. */
const NOT_METRICS = ['histogram_quantile', 'label_values', '__rate_interval'];
const metricsOf = (query: string): string[] =>
  (query.replace(/"[^"]*"/g, '""').match(/[a-z_]\w*_\w+/g) ?? []).filter((word) => !NOT_METRICS.includes(word));

test('GET /metrics has every metric and label used in a query, and every metric is documented', async () => {
  const service = await startTestService();
  try {
    // The series of a route exists only after a call.
    await fetch(`${service.url}/api/requests`);
    const { families } = await scrape(service.url);
    const samples = [...families.values()].flatMap((family) => family.samples);
    const named = new Set(queries.flatMap(metricsOf));
    expect(named.size).toBeGreaterThan(15);
    for (const name of named) expect([name, samples.some((sample) => sample.name === name)]).toEqual([name, true]);

    // Labels added by Prometheus.
    const added = ['job', 'instance'];
    for (const { expr, legendFormat } of targets) {
      const asked = samples.filter(({ name }) => metricsOf(expr).includes(name));
      const known = [...asked.flatMap(({ labels }) => Object.keys(labels)), ...added];
      const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      const matched = [...expr.matchAll(/[{,](\w+)[!=]/g)].map(([, label = '']) => label);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      for (const label of [...grouped, ...matched])
        expect([expr, known]).toEqual([expr, expect.arrayContaining([label])]);
      if (grouped.length > 0) expect(grouped).toEqual(expect.arrayContaining(shown));
    }
    const own = [...families.keys()].filter((name) => name.startsWith('bulk_image_'));
    const documented = readFileSync('docs/operations.md', 'utf8').match(/^\| `bulk_image_\w+`/gm) ?? [];
    expect(documented.map((cell) => cell.slice(3, -1)).sort()).toEqual(own.sort());
    const all = queries.join('\n');
    expect(own.filter((name) => !all.includes(name))).toEqual([]);
  } finally {
    await service.close();
  }
});

test('panels have unique ids, do not overlap and use the selected data source', () => {
  const ids = panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(panels.filter(({ type }) => type !== 'row').length).toBeGreaterThan(10);
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    expect(title).not.toBe('');
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect([title, taken.has(`${x} ${y}`)]).toEqual([title, false]);
        taken.add(`${x} ${y}`);
      }
    }
  }
  for (const panel of panels) {
    if (panel.type === 'row') continue;
    const refs = (panel.targets ?? []).map(({ refId }) => refId);
    expect(refs.length).toBeGreaterThan(0);
    expect(new Set(refs).size).toBe(refs.length);
    for (const place of [panel, ...(panel.targets ?? [])]) expect(place.datasource?.uid).toBe(CHOSEN);
  }
  for (const { expr } of targets) expect(expr).toContain('job=~"$job"');
});

test('brackets in queries are balanced', () => {
  for (const query of queries) {
    for (const [open, close] of ['()', '{}', '[]']) {
      expect([query, query.split(open ?? '').length]).toEqual([query, query.split(close ?? '').length]);
    }
  }
});
