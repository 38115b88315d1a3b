/**
 * `npm run chaos`: kills, freezes and cuts off instances of the service, their database and their connections, and
 * checks that nothing is lost or done twice. Exits 0 when every invariant held.
 *
 *   --only 1,5     these scenarios alone
 *   --storage s3   on an S3 server instead of a folder
 *   --short        in the sizes of `npm test`
 *   --seed N       other random moments
 *
 * With TEST_MONGODB_URI it runs on that server, without the scenario that kills the database.
 */
import { parseArgs } from 'node:util';
import { loadFromTests } from './bundle.mjs';
import { parseNumbers } from './numbers.mjs';
import { prepare, root, runScript, SetupError } from './prepare.mjs';
import { prepareS3Server } from './prepare-s3.mjs';

const readOptions = () => {
  const options = { only: 'string', storage: 'string', seed: 'string', short: 'boolean' };
  try {
    const { values } = parseArgs({
      options: Object.fromEntries(Object.entries(options).map(([name, type]) => [name, { type }])),
    });
    const { only, storage = 'local', seed = '1', short = false } = values;
    if (storage !== 'local' && storage !== 's3') throw new Error('--storage is local or s3');
    if (!/^\d+$/.test(seed)) throw new Error('--seed takes a whole number');
    return { only: parseNumbers(only), storage, seed: Number(seed), size: short ? 'short' : 'full' };
  } catch (error) {
    throw new SetupError(error.message);
  }
};

await runScript(async () => {
  const options = readOptions();
  process.chdir(root);
  await prepare();
  const s3Server = prepareS3Server();
  if (s3Server !== null) process.env.TEST_S3_SERVER = s3Server;
  else if (options.storage === 's3') {
    console.log('SKIPPED: on S3. It needs versitygw on the PATH, or Go to build it.');
    return 0;
  }
  const { runChaos } = await loadFromTests('chaos');
  return (await runChaos(options)) ? 0 : 1;
});
