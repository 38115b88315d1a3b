/** `node dist/main.js`. Looks at the limit of open files before the many files of the service are loaded. */
import { openFilesFault, openFilesLimit } from './open-files.ts';

const fault = openFilesFault(openFilesLimit());
if (fault === null) await import('./serve.ts');
else {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
