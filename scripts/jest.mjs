import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, run, runtimeEnvironment } from './prepare.mjs';

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

const skippedIn = ({ testResults }) =>
  testResults.flatMap(({ name, assertionResults }) => {
    const count = assertionResults.filter(({ status }) => status === 'pending').length;
    return count === 0 ? [] : [{ file: path.relative(root, name), count }];
  });

/** The files with a failure, and how many of their tests passed. */
const failedIn = ({ testResults }) =>
  testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, assertionResults }) => ({
      file: path.relative(root, name),
      passed: assertionResults.filter(({ status }) => status === 'passed').length,
    }));

/**
 * Runs jest; its own counts, and one failure more for each test file that could not run.
 * @param options.signal ends it, which counts as a failure
 * @param options.env replaces the environment
 */
export const jest = async (args, { signal, env = runtimeEnvironment() } = {}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jest-result-'));
  const file = path.join(folder, 'result.json');
  const deadline = exitDeadline(file);
  try {
    const program = [...VM_MODULES, path.join(root, 'node_modules', 'jest', 'bin', 'jest.js')];
    const code = await run(process.execPath, [...program, '--json', `--outputFile=${file}`, ...args], {
      ...{ env, killSignal: 'SIGKILL' },
      signal: signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]),
    });
    const result = JSON.parse(readFileSync(file, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    const counts = { passed: result.numPassedTests, failed: code === 0 ? failed : Math.max(failed, 1) };
    return { ...counts, skipped: skippedIn(result), failedFiles: failedIn(result) };
  } catch {
    if (signal?.aborted) console.error('jest was ended before it had a result.');
    else if (deadline.signal.aborted)
      console.error(`jest did not exit: a handle was open ${EXIT_MS / 1000} s after the last test.`);
    return { passed: 0, failed: 1, skipped: [], failedFiles: [] };
  } finally {
    deadline.clear();
    rmSync(folder, { recursive: true, force: true });
  }
};
