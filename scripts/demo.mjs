/**
 * `npm run demo`: the main workflow on real photos, without internet access. Exits 0 on success.
 * Only Node's built-in modules may be imported before the dependencies are installed.
 */
import { prepare, runScript } from './prepare.mjs';

await runScript(async () => {
  await prepare();
  const { runDemo } = await import('./demo/run.mjs');
  return runDemo();
});
