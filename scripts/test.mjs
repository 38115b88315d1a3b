/**
 * `npm test`: sets up what is missing, then checks types and lint and runs all tests.
 * `npm test -- ARGUMENTS` runs jest alone with these arguments, for example `--coverage`. The last line is `N passed, N failed`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepare, root, run, runScript, runtimeEnvironment } from './prepare.mjs';
import { prepareDatabase } from './prepare-database.mjs';
import { prepareS3Server } from './prepare-s3.mjs';

const inModules = (...parts) => path.join(root, 'node_modules', ...parts);
const nodeWith = (options, ...args) => run(process.execPath, args, { env: runtimeEnvironment(), ...options });
const node = (...args) => nodeWith({}, ...args);

/**
 * The driver loads a module of Node's by `import()`, which jest refuses without this; it then introduces itself to the
 * database with nothing, and a server that insists on a name (secantusd-rs does) sends it away.
 */
const VM_MODULES = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** For jest's process to end after it has written its result. */
const EXIT_MS = 15_000;

/** Aborts when the result has been written and the process has not ended: something is still open in it. */
const exitDeadline = (file) => {
  const controller = new AbortController();
  let timer;
  const poll = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(poll);
    timer = setTimeout(() => controller.abort(), EXIT_MS);
  }, 500);
  const clear = () => {
    clearInterval(poll);
    clearTimeout(timer);
  };
  return { signal: controller.signal, clear };
};

/** Runs jest; its own count, and one failure more for each test file that could not run. */
const jest = async (args) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jest-result-'));
  const file = path.join(folder, 'result.json');
  const deadline = exitDeadline(file);
  try {
    const program = [...VM_MODULES, inModules('jest', 'bin', 'jest.js')];
    const code = await nodeWith(
      { signal: deadline.signal, killSignal: 'SIGKILL' },
      ...program,
      '--json',
      `--outputFile=${file}`,
      ...args,
    );
    const result = JSON.parse(readFileSync(file, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return { passed: result.numPassedTests, failed: code === 0 ? failed : Math.max(failed, 1) };
  } catch {
    if (deadline.signal.aborted)
      console.error(`jest did not exit: a handle was open ${EXIT_MS / 1000} s after the last test.`);
    return { passed: 0, failed: 1 };
  } finally {
    deadline.clear();
    rmSync(folder, { recursive: true, force: true });
  }
};

const step = async (name, work) => {
  console.log(`\n— ${name}`);
  return work();
};

await runScript(async () => {
  await prepare();
  await prepareDatabase();
  const s3Server = prepareS3Server();
  if (s3Server !== null) process.env.TEST_S3_SERVER = s3Server;
  else console.log('SKIPPED: the tests of S3. They need versitygw on the PATH, or Go to build it.');
  const wanted = process.argv.slice(2);
  let failedSteps = 0;
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
    const inTurn = async () => [
      await step('types', typecheck),
      await step('lint', lint),
      await step('imports', imports),
    ];
    // The patterns take as long as the other three together, and one core.
    const codes = (await Promise.all([step('patterns', patterns), inTurn()])).flat();
    failedSteps += codes.filter((code) => code !== 0).length;
  }
  const { passed, failed } = await step('tests', () => jest(wanted));
  console.log(`\n${passed} passed, ${failed + failedSteps} failed`);
  return failed + failedSteps === 0 ? 0 : 1;
});
