/**
 * `npm run test:node`: the main job in the packed and installed package, with its service and with its command line, on each
 * Node.js version it supports, from npm. A version that cannot be installed here is SKIPPED with the reason. The last line is
 * `N passed, N failed`.
 *
 *   --only 22,24   these major versions alone
 *   --install      installs them and runs nothing
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { prepareNode } from './nodes/install.mjs';
import { installPackage } from './nodes/package.mjs';
import { prepare, root, runScript, SetupError } from './prepare.mjs';
import { prepareDatabase } from './prepare-database.mjs';

/** From the oldest of `engines` in package.json to the current release; odd ones are never supported for long. */
const MAJORS = [20, 22, 24, 26];

const readOptions = () => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, install: { type: 'boolean', default: false } } });
  const majors = values.only?.split(',').map(Number) ?? MAJORS;
  const unknown = majors.find((major) => !MAJORS.includes(major));
  if (unknown !== undefined) throw new SetupError(`--only: the versions are ${MAJORS.join(', ')}`);
  return { majors, installOnly: values.install };
};

const sentence = (error) => [error.message, error.cause?.message].filter(Boolean).join(': ');

await runScript(async () => {
  const { majors, installOnly } = readOptions();
  process.chdir(root);
  await prepare();
  const found = await Promise.all(majors.map(async (major) => ({ major, ...(await prepareNode(major)) })));
  if (installOnly) return 0;
  await prepareDatabase();
  const { runMainJob } = await import('./nodes/main-job.mjs');
  const installed = await installPackage();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort(new Error('interrupted')));
  const run = async ({ major, program, missing }) => {
    if (missing !== undefined) return { line: `SKIPPED: Node.js ${major}: ${missing}` };
    const began = performance.now();
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
    try {
      await runMainJob(program, installed.root, interrupted.signal);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      return { passed: true, line: `✓ Node.js ${version}: the main job in the package, in ${seconds} s` };
    } catch (error) {
      return { passed: false, line: `✗ Node.js ${version}: ${sentence(error)}` };
    }
  };
  // Two at a time: each of them mostly waits for its database to start.
  const results = [];
  const queue = found.entries();
  const runNext = async () => {
    for (const [index, version] of queue) results[index] = await run(version);
  };
  await Promise.all([runNext(), runNext()]).finally(installed.remove);
  for (const { line } of results) console.log(line);
  const [passed, failed] = [true, false].map((wanted) => results.filter((one) => one.passed === wanted).length);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
