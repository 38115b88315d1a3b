import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Connection } from 'mongoose';
import { connect } from '../../src/database/connect.ts';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import type { Engine } from '../../src/embedded/engine.ts';
import { mongod } from '../../src/embedded/mongod.ts';
import { downloadedMongod } from '../../src/embedded/mongod-download.ts';
import { secantusPython } from '../../src/embedded/secantus-python.ts';

/** Built: a guardian is a process and runs a file. */
export const GUARDIAN_FILE = resolve('dist/embedded/guardian.js');

/**
 * Without a download of mongod, unless nothing else works: tests need no network once the engine is installed.
 * Without secantusd-rs: it refuses the driver as it runs inside jest ("Missing required sub-document 'driver'").
 */
export const TEST_ENGINES: readonly Engine[] = [mongod, secantusPython, downloadedMongod];

export interface TestDatabase {
  readonly uri: string;
  /** Name of the engine that was found. */
  readonly engine: string;
  stop(): Promise<void>;
}

/** The one server of a run of tests, in a temporary folder; jest's is started by global-setup.ts. */
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

export interface TestConnection {
  readonly connection: Connection;
  /** Of this very database, for a second connection or another process. */
  readonly uri: string;
  /** Closes the connection; the database goes with its server at the end of the run. */
  close(): Promise<void>;
}

/** A connection, opened as the service opens it, to a fresh database on the server of this jest run. */
export const testConnection = async (): Promise<TestConnection> => {
  const server = process.env.TEST_MONGODB_URI;
  if (server === undefined) throw new Error('TEST_MONGODB_URI is not set: is globalSetup in jest.config.ts?');
  const address = new URL(server);
  address.pathname = `/test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const connection = await connect(address.href, () => undefined);
  return {
    connection,
    uri: address.href,
    close: () => connection.close(),
  };
};
