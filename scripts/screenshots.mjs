/**
 * `npm run screenshots`: takes the pictures of docs/images/ anew, from a real service that processes real photos on this
 * machine. Needs Chromium; `-- FOLDER` puts them elsewhere.
 */
import { prepare, runScript } from './prepare.mjs';

await runScript(async () => {
  await prepare();
  const { takeScreenshots } = await import('./screenshots/run.mjs');
  return takeScreenshots(process.argv[2]);
});
