import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { ImageServer } from '../support/servers/image-server.mjs';
import { finished, startTestService, uploaded, waitFor } from '../support/service.ts';

const run = promisify(execFile);
const TYPES = 'client/openapi.d.ts';
const SAMPLE = 'samples/clients/report.ts';

test('the types match the OpenAPI document', async () => {
  const { stdout } = await run(process.execPath, ['scripts/client-types.mjs'], { maxBuffer: 16 * 1024 * 1024 });
  if (process.env.UPDATE_GENERATED === '1') return writeFile(TYPES, stdout);
  expect(await readFile(TYPES, 'utf8')).toBe(stdout);
});

/** Compiler errors of a program inside this package, where the package name can be resolved; '' if there are none. */
const compilerErrors = async (program: string): Promise<string> => {
  const directory = await mkdtemp(join(resolve('dist'), 'check-'));
  const config = {
    extends: resolve('tsconfig.json'),
    compilerOptions: { types: ['node'], typeRoots: [resolve('node_modules/@types')] },
    include: ['program.ts'],
  };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(directory, 'program.ts'), program);
  const tsc = resolve('node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', directory])
    .then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
    .finally(() => rm(directory, { recursive: true }));
};

test('a program that imports the package by name has typed responses, and mistakes are compiler errors', async () => {
  const sample = await readFile(SAMPLE, 'utf8');
  expect(await compilerErrors(sample)).toBe('');
  const mistakes: [string, string, RegExp][] = [
    ["'source_not_found'", "'not_a_code'", /TS2367/],
    ['status.bytes.savedPercent', 'status.bytes.saved', /TS2551|TS2339/],
    ['{ limit: 1 }', '{ limits: 1 }', /TS2561|TS2353/],
    ['status.report?.failures', 'status.report.failures', /TS18047|TS2531/],
  ];
  for (const [right, wrong, error] of mistakes) {
    expect(sample).toContain(right);
    expect(await compilerErrors(sample.replace(right, wrong))).toMatch(error);
  }
}, 120_000);

test('the typed sample prints its report', async () => {
  const pictures = await ImageServer.start();
  const service = await startTestService();
  const directory = await mkdtemp(join(tmpdir(), 'typed-'));
  try {
    const url = pictures.url('/missing.jpg');
    const requestId = await uploaded(service.url, `S. No.,Product Name,Input Image Urls\n1,Mug,${url}\n`);
    await waitFor(async () => (await finished(service.url, requestId)).report);
    const program = join(directory, 'report.mjs');
    const { code } = await transform(await readFile(SAMPLE, 'utf8'), { loader: 'ts', format: 'esm' });
    await writeFile(program, code);
    const env = { ...process.env, SERVICE: service.url };
    const { stdout } = await run(process.execPath, [program, requestId], { env });
    const { origin } = new URL(url);
    expect(stdout).toBe(`failed 0% saved\n1 × source_not_found, most at ${origin}: correct the URLs\n`);
  } finally {
    await service.close();
    await pictures.close();
    await rm(directory, { recursive: true });
  }
});
