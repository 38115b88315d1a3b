import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patterns-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The lint rule's messages for a file with these lines, by line number from 1. */
const lint = async (lines: readonly string[]) => {
  await writeFile(join(folder, 'file.ts'), lines.join('\n'));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/patterns.mjs', folder], { encoding: 'utf8' });
  const errors = new Map<number, string>();
  for (const [, line, text] of stderr.matchAll(/file\.ts:(\d+) (.*)/g)) errors.set(Number(line), text ?? '');
  return { status, errors };
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

test('exponential and quadratic patterns are rejected', async () => {
  const lines = [...EXPONENTIAL, ...QUADRATIC].map((pattern, n) => `export const p${n} = ${pattern};`);
  const { status, errors } = await lint(lines);
  expect([...errors.keys()]).toEqual(allOf(lines));
  expect(errors.get(1)).toContain('exponential');
  expect(errors.get(EXPONENTIAL.length + 1)).toContain('2nd degree polynomial');
  expect(status).toBe(1);
}, 120_000);

test('unprovable patterns and patterns built at run time are rejected', async () => {
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
  const { status, errors } = await lint(lines);
  expect([...errors.keys()]).toEqual(allOf(lines));
  expect(status).toBe(1);
});

test('provably linear patterns and the RegExp type are accepted', async () => {
  const { status, errors } = await lint([
    'export const WORD = /^[a-z]+(?:[-_.][a-z]+)*$/i;',
    'export const runs = (text: string): string[] => text.split(/[\\s,]+/);',
    'export const words = (text: string) => text.match(WORD);',
    'export const has = (pattern: RegExp, text: string): boolean => pattern.test(text);',
    'export const is = (value: unknown): boolean => value instanceof RegExp;',
  ]);
  expect(errors).toEqual(new Map());
  expect(status).toBe(0);
});
