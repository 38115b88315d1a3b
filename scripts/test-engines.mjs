/**
 * `npm run test:engines`: runs the tests on each database engine that is available here, one after the other, and prints
 * a table. Exits 0 when nothing failed. The last line is `N passed, N failed`.
 *
 *   --only a,b      these engines alone: secantusdb, secantusd-rs, mongo-java-server, mongod, mongod-replica-set, given
 *   anything else   goes to jest, such as test/requests for a part of the tests
 *
 * `given` is the server of TEST_MONGODB_URI.
 */
import { parseArgs } from 'node:util';
import { ENGINES } from './engines/engines.mjs';
import { runEngines } from './engines/run.mjs';
import { jest } from './jest.mjs';
import { prepare, root, runScript, runtimeEnvironment, SetupError } from './prepare.mjs';
import { prepareS3Server } from './prepare-s3.mjs';

/** The whole suite takes a quarter of an hour on two cores. */
const LONGEST_MS = 90 * 60_000;

const readOptions = () => {
  const { tokens } = parseArgs({ options: { only: { type: 'string' } }, strict: false, tokens: true });
  const only = tokens.find(({ kind, name }) => kind === 'option' && name === 'only');
  const names = typeof only?.value === 'string' ? only.value.split(',') : ENGINES.map(({ name }) => name);
  const unknown = names.find((name) => !ENGINES.some((engine) => engine.name === name));
  if (unknown !== undefined) {
    throw new SetupError(`--only ${unknown}: the engines are ${ENGINES.map(({ name }) => name).join(', ')}`);
  }
  const at = only === undefined ? [] : [only.index, ...(only.inlineValue ? [] : [only.index + 1])];
  return {
    engines: ENGINES.filter(({ name }) => names.includes(name)),
    rest: process.argv.slice(2).filter((_, index) => !at.includes(index)),
    isChosen: only !== undefined,
  };
};

await runScript(async () => {
  const { engines, rest, isChosen } = readOptions();
  process.chdir(root);
  await prepare();
  const s3Server = prepareS3Server();
  if (s3Server !== null) process.env.TEST_S3_SERVER = s3Server;
  // The engine is stopped by runEngines once jest has ended.
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort());
  const runTests = (uri) =>
    jest(rest, {
      signal: AbortSignal.any([interrupted.signal, AbortSignal.timeout(LONGEST_MS)]),
      env: { ...runtimeEnvironment(), TEST_MONGODB_URI: uri },
    });
  const untilInterrupted = engines.map((engine) => ({
    ...engine,
    prepare: () => (interrupted.signal.aborted ? Promise.reject(new Error('interrupted')) : engine.prepare()),
  }));
  const { passed, failed, ran } = await runEngines(untilInterrupted, runTests, (text) => console.log(text));
  console.log(`\n${passed} passed, ${failed} failed`);
  // With --only, CI asks for an engine that may not be here.
  return failed === 0 && (ran || isChosen) ? 0 : 1;
});
