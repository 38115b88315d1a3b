/** The engines of `npm run test:engines`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../prepare.mjs';
import { built } from './built.mjs';
import { mongoJavaServer } from './mongo-java-server.mjs';
import { Unavailable } from './unavailable.mjs';

const GUARDIAN = path.join(root, 'dist', 'embedded', 'guardian.js');

const versionAt = async (uri) => {
  const { default: mongoose } = await import('mongoose');
  const connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 10_000 }).asPromise();
  try {
    return (await connection.getClient().db('admin').command({ buildInfo: 1 })).version;
  } finally {
    await connection.close();
  }
};

/** Reports what an engine lacks as Unavailable; any other error is a failure. */
const orUnavailable = async (work) => {
  const { EngineUnavailable } = await built('engine');
  try {
    return await work();
  } catch (error) {
    throw error instanceof EngineUnavailable ? new Unavailable(error.message) : error;
  }
};

const contextOf = async () => {
  const { userCache } = await built('programs');
  return {
    env: process.env,
    log: (message) => console.log(message),
    cacheDirectory: userCache(process.env, path.join(root, 'data', 'cache')),
    scriptsDirectory: path.dirname(GUARDIAN),
    retryFailed: false,
  };
};

/** One that the service embeds, started with the service's own flags. */
const embedded = (name, load, version) => ({
  name,
  prepare: async () => {
    const engine = await load();
    await orUnavailable(async () => engine.prepare(await contextOf()));
    const { startEmbedded } = await built('embedded');
    return {
      version: await version?.(),
      async start() {
        const directory = await mkdtemp(path.join(tmpdir(), 'test-engine-'));
        const remove = () => rm(directory, { recursive: true, force: true });
        const options = { dataDirectory: directory, guardianFile: GUARDIAN, engines: [engine], log: () => {} };
        try {
          const { uri, stop } = await startEmbedded(options);
          return { uri, version: () => versionAt(uri), stop: () => stop().finally(remove) };
        } catch (error) {
          await remove();
          throw error;
        }
      },
    };
  },
});

/** Three members that hold elections, as in production: `mongod` on PATH, or downloaded where that works. */
const replicaSet = {
  name: 'mongod-replica-set',
  prepare: async () => {
    const { mongod } = await built('mongod');
    const { downloadedMongod } = await built('mongod-download');
    const { program } = await orUnavailable(async () => {
      const context = await contextOf();
      return mongod.prepare(context).catch(() => downloadedMongod.prepare(context));
    });
    return {
      async start() {
        const { MongoMemoryReplSet } = await import('mongodb-memory-server-core');
        const set = await MongoMemoryReplSet.create({
          binary: { systemBinary: program },
          instanceOpts: Array.from({ length: 3 }, () => ({ launchTimeout: 60_000 })),
          replSet: { count: 3, storageEngine: 'wiredTiger' },
        });
        const uri = set.getUri();
        return { uri, version: () => versionAt(uri), stop: () => set.stop({ doCleanup: true, force: true }) };
      },
    };
  },
};

/** The server of TEST_MONGODB_URI, which is only used. */
const given = {
  name: 'given',
  prepare: async () => {
    const uri = process.env.TEST_MONGODB_URI;
    if (!uri) throw new Unavailable('TEST_MONGODB_URI is not set');
    return { start: async () => ({ uri, version: () => versionAt(uri), stop: async () => {} }) };
  },
};

/** In the order in which they run: the ones that users have last, as their failures matter most. */
export const ENGINES = [
  embedded(
    'secantusdb',
    async () => (await built('secantus-python')).secantusPython,
    async () => (await built('secantus-python')).SECANTUSDB_VERSION,
  ),
  embedded('secantusd-rs', async () => (await built('mongod')).secantusRust),
  mongoJavaServer,
  embedded('mongod', async () => (await built('mongod')).mongod),
  replicaSet,
  given,
];
