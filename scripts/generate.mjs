/**
 * `npm run generate`: writes anew what is made of other things and committed: the answers and samples that the reference
 * shows, and the types of the client. Tests hold all of them to what they are made of.
 */
import path from 'node:path';
import { prepare, root, run, runScript } from './prepare.mjs';

const TESTS = ['test/http/examples.test.ts', 'test/http/code-samples.test.ts', 'test/client/types.test.ts'];

await runScript(async () => {
  await prepare();
  const node = (script, args, env = {}) =>
    run(process.execPath, [path.join(root, script), ...args], { cwd: root, env: { ...process.env, ...env } });
  // One after the other: the types are made of a document that has the examples in it.
  for (const test of TESTS) {
    const code = await node('scripts/test.mjs', [test], { UPDATE_GENERATED: '1' });
    if (code !== 0) return code;
  }
  return node('node_modules/@biomejs/biome/bin/biome', ['check', '--write', 'src/http/openapi', 'client']);
});
