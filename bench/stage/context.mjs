import { runtimeEnvironment } from '../../scripts/prepare.mjs';
import { startDatabase } from './database.mjs';
import { preparePictures } from './pictures.mjs';
import { startProgram } from './program.mjs';
import { startService } from './service.mjs';

/**
 * What a benchmark works with. Whatever it starts here is stopped when it ends, the last first.
 * @param place a folder for all that is temporary
 * @param settings of every service, on top of the defaults
 */
export const createContext = ({ place, sizes, say, settings: common = {} }) => {
  const closers = [];
  const keep = (started, close) => {
    closers.push(close);
    return started;
  };
  let services = 0;

  return {
    sizes,
    say,
    place,
    database: async () => {
      const database = await startDatabase(place);
      return keep(database, database.stop);
    },
    /** A service on a database of its own in the given server, or on the address in `settings`. */
    service: async (database, settings = {}, nodeArgs = []) => {
      services += 1;
      const MONGODB_URI = settings.MONGODB_URI ?? database.address(`service${services}`);
      const service = await startService(place, { ...common, ...settings, MONGODB_URI }, nodeArgs);
      return keep({ ...service, mongodbUri: MONGODB_URI }, service.stop);
    },
    /** @returns the addresses of the origins */
    imageServer: async (folder = '-', origins = 1) => {
      const server = startProgram('image-server.mjs', { args: [folder, String(origins)] });
      keep(server, server.stop);
      return server.ask({ what: 'addresses' });
    },
    program: (name, options = {}) => {
      const program = startProgram(name, { env: runtimeEnvironment(), ...options });
      return keep(program, program.stop);
    },
    pictures: (count) => preparePictures(count, say),
    async close() {
      for (const close of closers.splice(0).reverse()) {
        await close().catch((error) => say(`could not be stopped: ${error.message}`));
      }
    },
  };
};
