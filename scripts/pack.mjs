/**
 * Before `npm pack`: builds, and writes the lockfile that the package ships, `npm-shrinkwrap.json`, with what is needed to run.
 * After it, with --clean, the lockfile is removed again, as npm would use it in place of package-lock.json.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepare, root, runScript } from './prepare.mjs';

const LOCKFILE = path.join(root, 'npm-shrinkwrap.json');

const shippedLock = () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages).filter(([, { dev }]) => dev !== true);
  const { devDependencies: _, ...own } = lock.packages[''];
  return { ...lock, packages: { ...Object.fromEntries(packages), '': own } };
};

await runScript(async () => {
  if (process.argv.includes('--clean')) rmSync(LOCKFILE, { force: true });
  else {
    await prepare();
    writeFileSync(LOCKFILE, `${JSON.stringify(shippedLock(), null, 2)}\n`);
  }
  return 0;
});
