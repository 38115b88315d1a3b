import { serviceEnvironment } from '../scripts/prepare.mjs';

const MIB = 1024 * 1024;
const NAMES = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'] as const;
const kept = (memory?: number) => {
  const environment: NodeJS.ProcessEnv = serviceEnvironment(memory);
  return NAMES.map((name) => environment[name]);
};

const before = { ...process.env };
beforeEach(() => {
  for (const name of [...NAMES, 'MEMORY_BYTES']) delete process.env[name];
});
afterEach(() => {
  process.env = { ...before };
});

test.each([
  [512, undefined, undefined],
  [2_047, undefined, undefined],
  [2_048, `${64 * MIB}`, `${256 * MIB}`],
  [3_072, `${64 * MIB}`, `${384 * MIB}`],
  [65_536, `${64 * MIB}`, `${512 * MIB}`],
])('with %i MiB', (mebibytes, ...expected) => {
  expect(kept(mebibytes * MIB)).toEqual(expected);
});

test('what the environment says stays', () => {
  process.env.MALLOC_TRIM_THRESHOLD_ = '1000';
  expect(kept(4_096 * MIB)).toEqual([`${64 * MIB}`, '1000']);
});

test('MEMORY_BYTES is the memory of the service', () => {
  process.env.MEMORY_BYTES = `${1_024 * MIB}`;
  expect(kept()).toEqual([undefined, undefined]);
});
