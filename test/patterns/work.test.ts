import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { FOREIGN_TEXT } from './foreign-text.ts';

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'work-'));
  program = join(folder, 'measure.cjs');
  await build({
    ...{ entryPoints: ['test/patterns/measure.ts'], outfile: program },
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Line {
  readonly started?: string;
  readonly ended?: boolean;
}

/** Collects the reports of the process; kills it if it reports nothing for `silenceMs` after one. */
const measure = async (args: readonly string[], silenceMs: number) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const started: string[] = [];
  const tooLong: Line[] = [];
  let ended = false;
  let watch: NodeJS.Timeout | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    clearTimeout(watch);
    watch = setTimeout(() => child.kill('SIGKILL'), silenceMs);
    const line = JSON.parse(text) as Line;
    if (line.started !== undefined) started.push(line.started);
    else if (line.ended) ended = true;
    else tooLong.push(line);
  }
  clearTimeout(watch);
  await closed;
  return { started, tooLong, hangs: ended ? null : started.at(-1) };
};

const SILENCE_MS = 120_000;

test('every function that processes untrusted text runs in linear time', async () => {
  const { started, tooLong, hangs } = await measure(['functions'], SILENCE_MS);
  expect({ tooLong, hangs }).toEqual({ tooLong: [], hangs: null });
  expect(started).toEqual(Object.keys(FOREIGN_TEXT));
}, 900_000);

test('every pattern in src matches in linear time, at every position', async () => {
  const list = execFileSync(process.execPath, ['scripts/patterns.mjs', '--list'], { encoding: 'utf8' });
  const patterns = JSON.parse(list) as unknown[];
  expect(patterns.length).toBeGreaterThan(90);
  const { started, tooLong, hangs } = await measure(['patterns', list], SILENCE_MS);
  expect({ tooLong, hangs }).toEqual({ tooLong: [], hangs: null });
  expect(started).toHaveLength(patterns.length);
}, 900_000);

test.each([
  [['patterns', '[[" *$",""]]'], 'slow'],
  [['patterns', '[["a.*b|a","g"]]'], 'slow'],
  [['hang'], 'hangs'],
])(
  'the measurement detects %j',
  async (args, how) => {
    const { tooLong, hangs } = await measure(args, 2_000);
    if (how === 'hangs') expect(hangs).toBe('hangs');
    else expect(tooLong.length > 0 || hangs !== null).toBe(true);
  },
  120_000,
);
