/**
 * `npm run demo`: the main workflow on real photos, without internet access. Exits 0 on success.
 * Only Node's built-in modules may be imported before the dependencies are installed.
 */
import { parseArgs } from 'node:util';
import { prepare, runScript, SetupError } from './prepare.mjs';

const HELP = `npm run demo: compresses the photos of samples/ with a service of its own, without internet access.

Starts the service on a free port with its own database, the photos' server and a webhook receiver, all on this machine;
uploads samples/products.csv, checks the signed webhook and the output CSV, and stops everything. The images stay in
processed_images/. Takes under a minute once everything is installed.

  TEST_MONGODB_URI   a MongoDB to use in place of the embedded one
`;

/** Whether only help is asked for. */
const readOptions = () => {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } }).values.help;
  } catch (error) {
    throw new SetupError(
      `${error.message.split('. ', 1)[0]}. npm run demo takes no options; see npm run demo -- --help.`,
    );
  }
};

await runScript(async () => {
  if (readOptions()) {
    process.stdout.write(HELP);
    return 0;
  }
  await prepare();
  const { runDemo } = await import('./demo/run.mjs');
  return runDemo();
});
