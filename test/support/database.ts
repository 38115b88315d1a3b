import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { connect } from '../../src/database/connect.ts';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import type { Engine } from '../../src/embedded/engine.ts';
import { mongod } from '../../src/embedded/mongod.ts';
import { downloadedMongod } from '../../src/embedded/mongod-download.ts';
import { secantusPython } from '../../src/embedded/secantus-python.ts';
import { databaseUri } from './database-uri.ts';

/** The built file, because the guardian is a separate process. */
export const GUARDIAN_FILE = resolve('dist/embedded/guardian.js');

/**
 * Downloading mongod is the last resort, so that tests need no network once an engine is installed.
 * secantusd-rs is left out: it rejects the driver inside Jest ("Missing required sub-document 'driver'").
 */
export const TEST_ENGINES: readonly Engine[] = [mongod, secantusPython, downloadedMongod];

export interface TestDatabase {
  readonly uri: string;
  /** Name of the engine in use. */
  readonly engine: string;
  stop(): Promise<void>;
}

/** The database server of a test run, in a temporary folder; Jest's is started by global-setup.ts. */
export const startTestDatabase = async (engines = TEST_ENGINES): Promise<TestDatabase> => {
  const directory = await mkdtemp(join(tmpdir(), 'test-database-'));
  const database = await startEmbedded({
    dataDirectory: directory,
    guardianFile: GUARDIAN_FILE,
    engines,
    log: () => undefined,
  });
  return {
    uri: database.uri,
    engine: database.engine,
    async stop() {
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** True if the suite runs on a server given with TEST_MONGODB_URI, where there may be no embedded one. */
export const serverIsGiven = (): boolean => process.env.TEST_SERVER_IS_GIVEN === 'yes';

/** `host:port` of a replica set's primary; empty if the server is none. */
export const primaryOf = async (connection: Connection): Promise<string> => {
  const { primary } = await connection.getClient().db('admin').command({ hello: 1 });
  return typeof primary === 'string' ? primary : '';
};

export interface TestConnection {
  readonly connection: Connection;
  /** URI of this database, for further connections or processes. */
  readonly uri: string;
  /** Closes the connection. The database is dropped on a given server, otherwise removed with its server after the run. */
  close(): Promise<void>;
}

/** A connection to a new database on the server of this Jest run, opened as the service does. */
export const testConnection = async (): Promise<TestConnection> => {
  const server = process.env.TEST_MONGODB_URI;
  if (server === undefined) throw new Error('TEST_MONGODB_URI is not set: is globalSetup in jest.config.ts?');
  const prefix = process.env.TEST_DATABASE_PREFIX ?? 'test_';
  const uri = databaseUri(server, `${prefix}${randomUUID().replaceAll('-', '').slice(0, 16)}`);
  const connection = await connect(uri, () => undefined);
  return {
    connection,
    uri,
    async close() {
      if (serverIsGiven() && connection.readyState === mongoose.ConnectionStates.connected)
        await connection.dropDatabase();
      await connection.close();
    },
  };
};
