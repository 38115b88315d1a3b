// Runs an embedded database until it is killed: `node database-owner.cjs DATA_DIRECTORY ENGINE`. Prints URI and process ID.
const { join } = require('node:path');
const [, , dataDirectory, engineName] = process.argv;
const built = (name) => import(join(process.cwd(), 'dist', 'embedded', `${name}.js`));

(async () => {
  const { startEmbedded } = await built('embedded');
  const { ENGINES } = await built('engines');
  const database = await startEmbedded({
    dataDirectory,
    guardianFile: join(process.cwd(), 'dist', 'embedded', 'guardian.js'),
    engines: ENGINES.filter(({ name }) => name === engineName),
    log: () => undefined,
  });
  process.stdout.write(`${JSON.stringify({ uri: database.uri, pid: database.pid })}\n`);
  setInterval(() => undefined, 1_000);
})();
