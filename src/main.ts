/** `node dist/main.js`. Sets the heap of threads before any is started, and checks the open-files limit first, because loading the service needs many files. */
import { setInitialHeap } from './heap.ts';
import { openFilesError, openFilesLimit } from './open-files.ts';

setInitialHeap();
const error = openFilesError(openFilesLimit());
if (error === null) await import('./serve.ts');
else {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
}
