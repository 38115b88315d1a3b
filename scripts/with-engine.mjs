/**
 * `node scripts/with-engine.mjs ENGINE COMMAND...`: starts a database engine of `npm run test:engines`, runs the command with
 * its address in TEST_MONGODB_URI, and stops it. For example `… mongo-java-server npm run chaos -- --short`.
 */
import { ENGINES } from './engines/engines.mjs';
import { prepare, run, runScript, SetupError } from './prepare.mjs';

await runScript(async () => {
  const [name, program, ...args] = process.argv.slice(2);
  const engine = ENGINES.find((each) => each.name === name);
  if (engine === undefined || program === undefined) {
    throw new SetupError(
      `Usage: with-engine.mjs ENGINE COMMAND...; engines: ${ENGINES.map((each) => each.name).join(', ')}`,
    );
  }
  await prepare();
  const server = await (await engine.prepare()).start();
  // The command gets the terminal's signals itself; this process waits for it, then stops the engine.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  try {
    return await run(program, args, { env: { ...process.env, TEST_MONGODB_URI: server.uri }, cwd: process.cwd() });
  } finally {
    await server.stop();
  }
});
