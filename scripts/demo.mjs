/**
 * `npm run demo`: the main job on real photos, without any outside network. Exits 0 when all of it worked.
 * Only Node's own modules may be imported before the dependencies are there.
 */
import { prepare, runScript } from './prepare.mjs';

await runScript(async () => {
  await prepare();
  const { runDemo } = await import('./demo/run.mjs');
  return runDemo();
});
