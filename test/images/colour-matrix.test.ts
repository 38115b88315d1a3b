import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { preparePillow, runPillow } from '../support/pillow.ts';
import { run } from './compress-with-defaults.ts';

/** As scripts/colour/charts.py lists them; the reference colours are those of LittleCMS. */
interface Chart {
  readonly name: string;
  readonly format: string;
  readonly depth: number;
  readonly colours: string;
}

/** CIEDE2000 over the middles of a chart's patches. */
interface Verdict {
  readonly name: string;
  readonly mean: number;
  readonly worst: number;
}

const MEAN = 1;
const WORST = 3;

const reason = preparePillow();
if (reason !== null) process.stdout.write(`SKIPPED: colours were not judged, ${reason}.\n`);

/** What needs no conversion carries no note. */
const isSrgb = (colours: string): boolean =>
  /^(untagged|sRGB|sRGB before gAMA|gAMA of sRGB|grey untagged)(, alpha)?$/.test(colours);

const table = (charts: readonly Chart[], verdicts: readonly Verdict[]): string => {
  const columns = [...new Set(charts.map(({ format, depth }) => `${format} ${depth}`))].sort();
  const row = (colours: string): string => {
    const cells = columns.map((column) => {
      const at = charts.findIndex((chart) => chart.colours === colours && `${chart.format} ${chart.depth}` === column);
      const verdict = verdicts[at];
      return (verdict === undefined ? '–' : `${verdict.mean.toFixed(2)} / ${verdict.worst.toFixed(2)}`).padStart(13);
    });
    return `${colours.padEnd(30)}${cells.join('')}`;
  };
  const head = `${'mean / worst CIEDE2000'.padEnd(30)}${columns.map((column) => column.padStart(13)).join('')}`;
  return [head, ...[...new Set(charts.map(({ colours }) => colours))].map(row)].join('\n');
};

(reason === null ? describe : describe.skip)('colours, judged by LittleCMS', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'colour-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('every format, depth and colour space comes out in sRGB', async () => {
    runPillow('charts.py', ['make', folder]);
    const charts: readonly Chart[] = JSON.parse(await readFile(path.join(folder, 'charts.json'), 'utf8'));
    expect(charts.length).toBeGreaterThan(80);
    const notes = new Map<string, boolean>();
    for (const { name, colours } of charts) {
      const output = await run(await readFile(path.join(folder, name)), { format: 'png', quality: 100 });
      await writeFile(path.join(folder, `${name}.out.png`), output.bytes);
      notes.set(name, output.notes.includes('profile_converted') === isSrgb(colours));
    }
    const verdicts: readonly Verdict[] = JSON.parse(runPillow('charts.py', ['judge', folder]));
    process.stdout.write(`${table(charts, verdicts)}\n`);
    const described = ({ format, depth, colours }: Chart): string => `${format} ${depth} ${colours}`;
    const wrong = charts.filter((_, at) => {
      const { mean, worst } = verdicts[at] ?? { mean: 99, worst: 99 };
      return !(mean < MEAN && worst < WORST);
    });
    expect(wrong.map(described)).toEqual([]);
    expect(charts.filter(({ name }) => notes.get(name)).map(described)).toEqual([]);
  }, 120_000);
});
