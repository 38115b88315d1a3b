#!/usr/bin/env node
/**
 * `npx . compress products.csv` in a clone and `npx bulk-image-processor compress products.csv` from the package: sets up what
 * is missing, then runs the command line (src/cli/).
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare, root, runScript, serviceEnvironment } from './prepare.mjs';

await runScript(async () => {
  await prepare();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: serviceEnvironment(),
    });
    // Ctrl-C reaches the child by the terminal; a signal to this process alone is passed on.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
});
