/**
 * `npm run generate`: rewrites what is generated and committed: the responses and samples that the reference shows, the
 * types of the client, and the generated parts of docs/. Tests fail when any of them is stale.
 */
import path from 'node:path';
import { prepare, root, run, runScript } from './prepare.mjs';

const TESTS = [
  ...['test/http/examples.test.ts', 'test/http/code-samples.test.ts', 'test/client/types.test.ts'],
  'test/generated-docs.test.ts',
];

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
