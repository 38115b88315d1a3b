/** `node dist/main.js`. Checks the open-files limit first, because loading the service needs many files. */
import './stop-signals.ts';
import { openFilesError, openFilesLimit } from './open-files.ts';

const error = openFilesError(openFilesLimit());
if (error === null) await import('./serve.ts');
else {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
}
