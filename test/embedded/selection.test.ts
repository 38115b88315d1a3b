import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEmbedded, startEmbedded } from '../../src/embedded/embedded.ts';
import { type Engine, EngineUnavailable } from '../../src/embedded/engine.ts';
import { ENGINES } from '../../src/embedded/engines.ts';
import { mongod, secantusRust } from '../../src/embedded/mongod.ts';
import { GUARDIAN_FILE, TEST_ENGINES } from '../support/database.ts';
import { embeddedTest } from '../support/embedded-test.ts';

let directory: string;
let bin: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'selection-'));
  bin = join(directory, 'bin');
  await mkdir(bin);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const executable = async (name: string, script = 'exit 0'): Promise<void> => {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
};

const options = (engines: readonly Engine[], log: (message: string, facts?: object) => void = () => undefined) => ({
  dataDirectory: join(directory, 'data'),
  guardianFile: GUARDIAN_FILE,
  env: { PATH: bin, XDG_CACHE_HOME: join(directory, 'cache') },
  engines,
  log,
});

const dataOf = async (engine: string, ageSeconds: number): Promise<void> => {
  const folder = join(directory, 'data', engine);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'WiredTiger'), '');
  const then = new Date(Date.now() - ageSeconds * 1_000);
  await utimes(folder, then, then);
};

const working = (name: string): Engine => ({ name, prepare: async () => ({ program: name, args: () => [] }) });
const missing = (name: string, reason: string, remembered = false): Engine => ({
  name,
  prepare: async ({ retryFailed }) => {
    if (remembered && retryFailed) return { program: name, args: () => [] };
    throw new EngineUnavailable(reason, { remembered });
  },
});

test('the engines are tried in the documented order', () => {
  expect(ENGINES.map(({ name }) => name)).toEqual([
    'mongod',
    'secantusd-rs',
    // The installed one, then the one that is installed here.
    'secantusdb',
    'mongod-download',
    'secantusdb',
  ]);
});

test('a mongod on PATH is preferred to secantusd-rs', async () => {
  await executable('secantusd-rs');
  expect(await prepareEmbedded(options([mongod, secantusRust]))).toBe('secantusd-rs');
  await executable('mongod');
  expect(await prepareEmbedded(options([mongod, secantusRust]))).toBe('mongod');
});

test('a file on PATH that is not executable is ignored', async () => {
  await writeFile(join(bin, 'mongod'), '');
  await executable('secantusd-rs');
  expect(await prepareEmbedded(options([mongod, secantusRust]))).toBe('secantusd-rs');
});

test('the most recently used engine is kept even if another one appears on PATH', async () => {
  await executable('mongod');
  await executable('secantusd-rs');
  await dataOf('secantusd-rs', 60);
  expect(await prepareEmbedded(options([mongod, secantusRust]))).toBe('secantusd-rs');
  await dataOf('mongod', 5);
  expect(await prepareEmbedded(options([mongod, secantusRust]))).toBe('mongod');
});

test('an engine that failed recently is retried only if no other one works', async () => {
  const failedRecently = missing('download', 'no network', true);
  expect(await prepareEmbedded(options([failedRecently, working('other')]))).toBe('other');
  expect(await prepareEmbedded(options([failedRecently, missing('other', 'not here')]))).toBe('download');
});

test('if no engine works, the error lists what each one lacks and how to fix it', async () => {
  const engines = [mongod, secantusRust, missing('secantusdb', 'no python3 on PATH')];
  await expect(startEmbedded(options(engines))).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(
      /mongod: not on PATH\n.*secantusd-rs: not on PATH\n.*no python3 on PATH\nSet MONGODB_URI .*python3-venv/,
    ),
  });
});

test('in a container the advice is not to install a package', async () => {
  await executable('python3', 'echo 3 12; exit 1');
  const python = ENGINES.filter(({ name }) => name === 'secantusdb');
  const inPod = options(python);
  const refused = prepareEmbedded({ ...inPod, env: { ...inPod.env, KUBERNETES_SERVICE_HOST: '10.0.0.1' } });
  await expect(refused).rejects.toThrow(/has no venv module\nSet MONGODB_URI .*"standalone"\)\.$/);
});

test('an installed SecantusDB is used before a mongod is downloaded', async () => {
  await executable('secantusd-py', 'exit 0');
  const names = ENGINES.map(({ name }) => name);
  expect(names.indexOf('secantusdb')).toBeLessThan(names.indexOf('mongod-download'));
  expect(await prepareEmbedded(options(ENGINES))).toBe('secantusdb');
});

test('the Python engine reports a missing or unsuitable Python', async () => {
  const python = ENGINES.filter(({ name }) => name === 'secantusdb');
  await expect(prepareEmbedded(options(python))).rejects.toThrow('Python 3.10 to 3.13: no python3 on PATH');
  await executable('python3', 'echo 3 9');
  await expect(prepareEmbedded(options(python))).rejects.toThrow('python3 is 3.9');
  await executable('python3', 'echo 3 12; exit 1');
  await expect(prepareEmbedded(options(python))).rejects.toThrow('sudo apt install python3-venv');
});

test('a failed install leaves nothing behind', async () => {
  const python = ENGINES.filter(({ name }) => name === 'secantusdb');
  await executable('python3', 'test "$1" = -I && echo 3 12 && exit 0; echo disk full >&2; exit 1');
  await expect(prepareEmbedded(options(python))).rejects.toThrow('the install from PyPI failed: disk full');
  await expect(rm(join(directory, 'cache', 'bulk-image-processor'), { recursive: false })).rejects.toThrow();
  const { readdir } = await import('node:fs/promises');
  expect(await readdir(join(directory, 'cache', 'bulk-image-processor'))).toEqual([]);
});

embeddedTest('an engine that does not start is skipped, with the last lines of its log as the reason', async () => {
  await executable('mongod', 'echo "Illegal instruction"; exit 132');
  const logged: Array<[string, object | undefined]> = [];
  // The Python that installs the real engine is on this process's PATH.
  const database = await startEmbedded({
    ...options(TEST_ENGINES, (message, facts) => logged.push([message, facts])),
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  await database.stop();
  expect(database.engine).not.toBe('mongod');
  expect(logged).toContainEqual([
    expect.stringMatching(/^Not used as embedded database: mongod, /),
    { engine: 'mongod', reason: expect.stringMatching(/exited with code 132[\s\S]*Illegal instruction/) },
  ]);
});

test('an engine that does not start with its data is not replaced by an empty one', async () => {
  await executable('mongod', 'echo "corrupt page"; exit 1');
  await dataOf('mongod', 5);
  await expect(startEmbedded(options([mongod, working('other')]))).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/does not start with the data[\s\S]*corrupt page[\s\S]*DATA_DIR to another folder/),
  });
});
