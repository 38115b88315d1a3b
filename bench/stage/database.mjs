import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { root } from '../../scripts/prepare.mjs';
import { built } from './built.mjs';

/** @returns the address with another database name, because each service of a benchmark has its own database */
const withDatabase = (uri, name) => {
  const address = new URL(uri);
  address.pathname = `/${name}`;
  return address.href;
};

const nameOf = async (uri) => {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const { version, modules = [] } = await connection.getClient().db('admin').command({ buildInfo: 1 });
    return `MongoDB ${version}${modules.length > 0 ? ` (${modules.join(', ')})` : ''}, from BENCH_MONGODB_URI`;
  } finally {
    await connection.close();
  }
};

const foreign = async (uri) => {
  const names = [];
  return {
    name: 'BENCH_MONGODB_URI',
    engine: await nameOf(uri),
    isSlow: false,
    pid: null,
    address: (name) => {
      names.push(`bench_${process.pid}_${name}`);
      return withDatabase(uri, names.at(-1));
    },
    async stop() {
      const connection = await mongoose.createConnection(uri).asPromise();
      for (const name of new Set(names)) await connection.getClient().db(name).dropDatabase();
      await connection.close();
    },
  };
};

/** The service's engines that a choice of `--engine` allows; without one, as `npm start` does, all of them. */
const ALLOWED = { embedded: ['secantusdb'], fastest: ['mongod', 'secantusd-rs'] };

const enginesOf = async (choice) => {
  const { ENGINES } = await built('embedded/engines');
  return choice === undefined ? ENGINES : ENGINES.filter(({ name }) => ALLOWED[choice].includes(name));
};

/**
 * A database for one benchmark: BENCH_MONGODB_URI if that is set, otherwise a new one with the engine and flags that
 * `npm start` uses without MONGODB_URI: `mongod` or `secantusd-rs` on PATH, or the embedded default.
 * @param choice `embedded`, `fastest` or undefined, see `--engine`
 */
export const startDatabase = async (place, choice) => {
  const { BENCH_MONGODB_URI } = process.env;
  if (BENCH_MONGODB_URI && choice !== 'embedded') return foreign(BENCH_MONGODB_URI);
  const { startEmbedded } = await built('embedded/embedded');
  const directory = await mkdtemp(join(place, 'database-'));
  const database = await startEmbedded({
    dataDirectory: directory,
    guardianFile: join(root, 'dist', 'embedded', 'guardian.js'),
    engines: await enginesOf(choice),
    log: () => undefined,
  });
  return {
    name: database.engine,
    engine: `${database.engine}, embedded, with the flags of the service`,
    isSlow: database.engine === 'secantusdb',
    pid: database.pid,
    address: (name) => withDatabase(database.uri, `bench_${name}`),
    async stop() {
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
