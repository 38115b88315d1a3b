import { serviceEnvironment } from '../../scripts/prepare.mjs';
import { startDatabase } from './database.mjs';
import { startImgproxy } from './imgproxy.mjs';
import { preparePictures } from './pictures.mjs';
import { startProgram } from './program.mjs';
import { startService } from './service.mjs';

/**
 * The resources of a benchmark. Everything started here is stopped at its end, in reverse order.
 * @param place folder for temporary files
 * @param settings for every service, in addition to the defaults
 * @param engine of the databases, see `--engine`
 * @param goals where a measure records the values that a goal is set for
 */
export const createContext = ({ place, sizes, say, settings: common = {}, engine, goals }) => {
  const disposers = [];
  const keep = (started, close) => {
    disposers.push(close);
    return started;
  };
  let services = 0;

  return {
    sizes,
    say,
    place,
    goals,
    database: async () => {
      const database = await startDatabase(place, engine);
      return keep(database, database.stop);
    },
    /** A service with its own database on the given server, or with the address in `settings`. */
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
    /** The same over HTTP and over HTTPS. */
    secureImageServer: async (folder, origins) => {
      const server = startProgram('image-server.mjs', { args: [folder, String(origins), 'tls'] });
      keep(server, server.stop);
      return {
        plain: await server.ask({ what: 'addresses' }),
        secure: await server.ask({ what: 'secure-addresses' }),
        handshakes: () => server.ask({ what: 'handshakes' }),
      };
    },
    /** @returns its address and process, or `{ missing }`: why there is none */
    imgproxy: async () => {
      const started = await startImgproxy();
      return started.missing === undefined ? keep(started, started.stop) : started;
    },
    program: (name, options = {}) => {
      const program = startProgram(name, { env: serviceEnvironment(), ...options });
      return keep(program, program.stop);
    },
    pictures: (count) => preparePictures(count, say),
    async close() {
      for (const close of disposers.splice(0).reverse()) {
        await close().catch((error) => say(`could not be stopped: ${error.message}`));
      }
    },
  };
};
