import path from 'node:path';
import { root, SetupError } from './prepare.mjs';

/** Installs the embedded database that works here, so that no test waits for it; needs the build. */
export const prepareDatabase = async () => {
  const built = (name) => import(new URL(`../dist/embedded/${name}.js`, import.meta.url).href);
  const { prepareEmbedded } = await built('embedded');
  const { mongod } = await built('mongod');
  const { secantusPython } = await built('secantus-python');
  const { downloadedMongod } = await built('mongod-download');
  try {
    await prepareEmbedded({
      dataDirectory: path.join(root, 'data'),
      guardianFile: path.join(root, 'dist', 'embedded', 'guardian.js'),
      engines: [mongod, secantusPython, downloadedMongod],
      log: (message) => console.log(message),
    });
  } catch (error) {
    throw new SetupError(error.message);
  }
};
