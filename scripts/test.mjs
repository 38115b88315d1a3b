/**
 * `npm test`: sets up what is missing, then checks types and lint and runs all tests.
 * With CI set, up to three test files that failed run once more, alone.
 * `npm test -- ARGUMENTS` runs jest alone with these arguments, for example `--coverage`. The last line is `N passed, N failed`.
 * With TEST_MONGODB_URI the tests run on that server, each in a database of its own that is dropped afterwards.
 */
import path from 'node:path';
import { jest } from './jest.mjs';
import { failedOnceMore } from './once-more.mjs';
import { prepare, root, run, runScript, runtimeEnvironment } from './prepare.mjs';
import { prepareDatabase } from './prepare-database.mjs';
import { prepareS3Server } from './prepare-s3.mjs';

const inModules = (...parts) => path.join(root, 'node_modules', ...parts);
const node = (...args) => run(process.execPath, args, { env: runtimeEnvironment() });

const step = async (name, work) => {
  console.log(`\n— ${name}`);
  return work();
};

await runScript(async () => {
  await prepare();
  // A given server may be the only database of this machine.
  if (!process.env.TEST_MONGODB_URI) await prepareDatabase();
  const s3Server = prepareS3Server();
  if (s3Server !== null) process.env.TEST_S3_SERVER = s3Server;
  else console.log('SKIPPED: the tests of S3. They need versitygw on the PATH, or Go to build it.');
  const wanted = process.argv.slice(2);
  let failedSteps = 0;
  let proofs = Promise.resolve(0);
  if (wanted.length === 0) {
    const typesOf = (project) => node(inModules('typescript', 'bin', 'tsc'), '-p', project);
    const typecheck = async () => (await typesOf('tsconfig.json')) || typesOf('src/web/tsconfig.json');
    const lint = () => node(inModules('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.');
    const imports = () =>
      node(
        inModules('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        'src',
        '--config',
        '.dependency-cruiser.cjs',
      );
    const patterns = () => node(path.join(root, 'scripts', 'patterns.mjs'));
    // They take longer than the other three together, so the tests do not wait for them.
    proofs = step('patterns', patterns);
    const codes = [await step('types', typecheck), await step('lint', lint), await step('imports', imports)];
    failedSteps += codes.filter((code) => code !== 0).length;
  }
  const first = await step('tests', () => jest(wanted));
  const { passed, failed, skipped } = process.env.CI && wanted.length === 0 ? await failedOnceMore(first, jest) : first;
  if ((await proofs) !== 0) failedSteps += 1;
  for (const { file, count } of skipped) console.log(`SKIPPED: ${count} in ${file}`);
  console.log(`\n${passed} passed, ${failed + failedSteps} failed`);
  return failed + failedSteps === 0 ? 0 : 1;
});
