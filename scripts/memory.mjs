/**
 * `npm run memory -- 512 2048`: sends the costliest images at once to the built service, in a control group of so many
 * MiB each time, its embedded database included. Prints what it peaked at and what became of the images. Linux, where
 * control groups (version 1 or 2) may be made.
 */
import { loadFromTests } from './bundle.mjs';
import { prepare, root, runScript, SetupError } from './prepare.mjs';

await runScript(async () => {
  const sizes = process.argv.slice(2).map(Number);
  if (sizes.length === 0 || !sizes.every(Number.isSafeInteger)) throw new SetupError('Give sizes in MiB, such as 512.');
  process.chdir(root);
  await prepare();
  const { runMemory } = await loadFromTests('memory');
  return (await runMemory(sizes)) ? 0 : 1;
});
