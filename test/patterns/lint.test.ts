import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patterns-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the lint rule says of a file with these lines: the line's number (from 1), and the sentence. */
const lint = async (lines: readonly string[]) => {
  await writeFile(join(folder, 'file.ts'), lines.join('\n'));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/patterns.mjs', folder], { encoding: 'utf8' });
  const faults = new Map<number, string>();
  for (const [, line, text] of stderr.matchAll(/file\.ts:(\d+) (.*)/g)) faults.set(Number(line), text ?? '');
  return { status, faults };
};
const allOf = (lines: readonly string[]): number[] => lines.map((_, index) => index + 1);

const EXPONENTIAL = [
  '/^(?:[a-z]+[-_.]?)*(?:token|secret)$/i',
  '/^(a+)+$/',
  '/(a|a)*b/',
  '/^(?:\\w+\\s?)*$/',
  '/^([a-z0-9]+)*@/',
  '/^((a{1,30}){1,30})b$/',
  '/^a{0,300}a{0,300}a{0,300}a{0,300}b$/',
];

const QUADRATIC = [
  '/^\\/+|\\/+$/g',
  '/ *$/',
  '/\\s+$/',
  '/[. ]+$/',
  '/a*a*b/',
  '/^(.*)x(.*)y$/',
  '/<!--[\\s\\S]*?-->/g',
  '/^\\s+|\\s+$/g',
  '/\\d+\\.\\d+\\.$/',
];

test('exponential and quadratic patterns are refused', async () => {
  const lines = [...EXPONENTIAL, ...QUADRATIC].map((pattern, n) => `export const p${n} = ${pattern};`);
  const { status, faults } = await lint(lines);
  expect([...faults.keys()]).toEqual(allOf(lines));
  expect(faults.get(1)).toContain('exponential');
  expect(faults.get(EXPONENTIAL.length + 1)).toContain('2nd degree polynomial');
  expect(status).toBe(1);
}, 120_000);

test('so is what cannot be proven, or is put together at run time', async () => {
  const lines = [
    'export const behind = /(?<![\\s,])[\\s,]+$/;',
    'export const back = /(a+)\\1b/;',
    'export const built = (words: string) => new RegExp(words);',
    'export const called = (words: string) => RegExp(words);',
    'export const renamed = RegExp;',
    'export const global = (words: string) => new globalThis.RegExp(words);',
    'export const matched = (text: string, words: string) => text.match(words);',
    'export const searched = (text: string) => text.search("(a+)+$");',
  ];
  const { status, faults } = await lint(lines);
  expect([...faults.keys()]).toEqual(allOf(lines));
  expect(status).toBe(1);
}, 60_000);

test('what is proven to be linear passes, as does the type', async () => {
  const { status, faults } = await lint([
    'export const WORD = /^[a-z]+(?:[-_.][a-z]+)*$/i;',
    'export const runs = (text: string): string[] => text.split(/[\\s,]+/);',
    'export const words = (text: string) => text.match(WORD);',
    'export const has = (pattern: RegExp, text: string): boolean => pattern.test(text);',
    'export const is = (value: unknown): boolean => value instanceof RegExp;',
  ]);
  expect(faults).toEqual(new Map());
  expect(status).toBe(0);
}, 60_000);
