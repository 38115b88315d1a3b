/**
 * `npm run abuse`: attacks the built service from outside, each attack one that once hung it, filled its disk or
 * exhausted its memory, and prints what each cost. Exits 0 when every bound held.
 *
 *   --only 1,5     these attacks alone
 *   --short        in the sizes of `npm test`
 */
import { parseArgs } from 'node:util';
import { loadFromTests } from './bundle.mjs';
import { parseNumbers } from './numbers.mjs';
import { prepare, root, runScript, SetupError } from './prepare.mjs';

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, short: { type: 'boolean' } } });
    const { only, short = false } = values;
    return { only: parseNumbers(only), size: short ? 'short' : 'full' };
  } catch (error) {
    throw new SetupError(error.message);
  }
};

await runScript(async () => {
  const options = readOptions();
  process.chdir(root);
  await prepare();
  const { runAbuse } = await loadFromTests('abuse');
  return (await runAbuse(options)) ? 0 : 1;
});
