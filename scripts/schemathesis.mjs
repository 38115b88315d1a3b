/**
 * `npm run fuzz`: starts the service on loopback and runs schemathesis against its OpenAPI document, all checks on.
 * `npm run fuzz -- ARGUMENTS` passes further arguments to schemathesis, for example `--seed 7`.
 * The last line is `N passed, N failed`, counted in calls of the API, or `0 passed, 0 failed` with the reason before it
 * when schemathesis cannot be installed here.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startService } from './demo/service.mjs';
import { root, run } from './prepare.mjs';
import { pythonEnvironment, runWithPackages } from './python-environment.mjs';

const VERSION = '4.32.5';
const SECONDS = 20;
/** Of an own, so that a run can be repeated; `--seed` says another. */
const SEED = 1;
const KEY = 'fuzz-key-of-this-run-only';
/** For `/metrics`, which the other key does not open. */
const OPERATOR_KEY = 'fuzz-operator-key-of-this-run-only';
const { python, install } = pythonEnvironment(
  `schemathesis-${VERSION}`,
  [`schemathesis==${VERSION}`],
  'schemathesis.cli',
);
const module = ['-m', 'schemathesis.cli'];

const count = (report) => {
  const cases = existsSync(report) ? readFileSync(report, 'utf8').split('<testcase ').slice(1) : [];
  const failed = cases.filter((text) => /<(failure|error)[ >]/.test(text)).length;
  return { passed: cases.length - failed, failed };
};

/** Whether a report names something that the service did wrong. */
const hasFinding = (report) => existsSync(report) && /<failure[ >]/.test(readFileSync(report, 'utf8'));

const fuzz = async (directory) => {
  let stop = async () => {};
  const broken = [];
  const aborted = new AbortController();
  try {
    const { url } = await startService({
      root,
      directory,
      settings: {
        API_KEYS: KEY,
        OPERATOR_KEYS: OPERATOR_KEY,
        RATE_LIMIT_UPLOADS_PER_MINUTE: '0',
        // Nothing may be called, not even this machine: what the fuzzer invents must not reach anyone.
        ALLOW_PRIVATE_NETWORKS: '',
        PROCESSED_DIR: path.join(directory, 'processed_images'),
      },
      signal: aborted.signal,
      say: (message) => broken.push(message),
      onLost: (error) => broken.push(error.message),
      onStarted: (stopper) => {
        stop = stopper;
      },
    });
    broken.length = 0; // what was said during the start
    const schemathesis = async (name, key, args, seed = SEED) => {
      const report = path.join(directory, `${name}.xml`);
      const code = await run(
        python,
        [...module, '--config-file', path.join(root, 'scripts', 'fuzz', 'schemathesis.toml')]
          .concat(['run', `${url}/docs/openapi.json`, '--header', `Authorization: Bearer ${key}`])
          .concat(['--checks', 'all', '--seed', String(seed)])
          .concat(['--report', 'junit', '--report-junit-path', report])
          .concat(args),
        {
          cwd: directory,
          env: { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: path.join(root, 'scripts', 'fuzz') },
        },
      );
      // Now and then it ends by an error of its own (`Unsupported type: 'Binary'` in 4.32.5), which says nothing; a service
      // that does not answer fails the second time too.
      if (code !== 0 && seed === SEED && !hasFinding(report)) {
        console.log('\nSchemathesis ended without a finding; once more with another seed.');
        return schemathesis(`${name}-again`, key, args, SEED + 1);
      }
      const { passed, failed } = count(report);
      // Nothing run, an exit code without a failure: each is a failure too.
      return { passed, failed: failed + (failed === 0 && (code !== 0 || passed === 0) ? 1 : 0) };
    };
    const time = ['--max-time', String(SECONDS)];
    const api = await schemathesis('api', KEY, ['--exclude-path', '/metrics', ...time, ...process.argv.slice(2)]);
    const metrics = await schemathesis('metrics', OPERATOR_KEY, [
      ...['--include-path', '/metrics', '--phases', 'examples,coverage'],
    ]);
    for (const message of broken) console.log(`the service logged: ${message}`);
    const failed = api.failed + metrics.failed + (broken.length > 0 ? 1 : 0);
    return { passed: api.passed + metrics.passed, failed };
  } finally {
    await stop();
  }
};

await runWithPackages(install, { skipped: 'schemathesis was not run', prefix: 'fuzz-' }, async (directory) => {
  const { passed, failed } = await fuzz(directory);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
