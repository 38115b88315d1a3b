import mongoose, { type Connection } from 'mongoose';
import { AppError } from '../errors.ts';

export { isDatabaseOutage } from './outage.ts';

/** Logs a message about the connection. */
export type ConnectionLog = (message: string, facts?: object) => void;

/** The address as it may be logged: without user and password, and without options, which can hold secrets too. */
export const withoutSecrets = (uri: string): string => {
  const [, scheme = '', rest = ''] = /^(mongodb(?:\+srv)?:\/\/)?(.*)$/s.exec(uri) ?? [];
  const address = rest.split('?')[0] ?? '';
  return scheme + address.slice(address.lastIndexOf('@') + 1);
};

/** What to do about it, from the driver's own words; these are never shown, as they may repeat the URI. */
const CURES: ReadonlyArray<readonly [RegExp, string]> = [
  [/auth|SCRAM/i, 'It refuses the user or the password: check both in MONGODB_URI.'],
  [/ENOTFOUND|EAI_AGAIN|ENODATA|querySrv/, 'Its host name is not known: check MONGODB_URI.'],
  [/ECONNREFUSED/, 'Nothing listens there: start it, or correct MONGODB_URI.'],
  [/certificate|TLS|SSL/i, 'The encrypted connection fails: check the tls options of MONGODB_URI.'],
];
const UNKNOWN_CURE = 'Check that it runs and that MONGODB_URI is right.';

/** Read by shape: an error of Node's own core need not be an instance of this realm's `Error`. */
const nameAndMessage = (error: unknown): string => {
  const { name = '', message = '' } = (error ?? {}) as { name?: string; message?: string };
  return `${name} ${message}`;
};

const unavailable = (uri: string, error: unknown): AppError => {
  const said = nameAndMessage(error);
  if (
    /MongoParseError|MongoAPIError|ERR_INVALID_URL|MongoInvalidArgumentError|TypeError|Port should be|Unable to parse/.test(
      said,
    )
  ) {
    return new AppError(
      'database_unavailable',
      'MONGODB_URI is not a MongoDB address. It looks like mongodb://user:password@host:27017/name; special characters in the password are percent-encoded.',
    );
  }
  const cure = CURES.find(([pattern]) => pattern.test(said))?.[1] ?? UNKNOWN_CURE;
  return new AppError('database_unavailable', `The database at ${withoutSecrets(uri)} cannot be reached. ${cure}`);
};

/**
 * Opens a pool of connections and waits until the server has answered, at most 5 s.
 * Every write is acknowledged by the majority and its journal. Works with replica sets and standalone servers.
 * Throws `database_unavailable` with what to do; neither it nor the log holds the password of the URI.
 */
export const connect = async (uri: string, log: ConnectionLog): Promise<Connection> => {
  let connection: Connection | undefined;
  try {
    connection = mongoose.createConnection(uri, {
      appName: 'bulk-image-processor',
      writeConcern: { w: 'majority', journal: true },
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      // A server that hangs (it does not even refuse) is noticed after this and connectTimeoutMS, and what waits for
      // it fails then instead of after socketTimeoutMS.
      heartbeatFrequencyMS: 2_000,
      socketTimeoutMS: 60_000,
      waitQueueTimeoutMS: 10_000,
      // The store makes its indexes itself, before it takes work.
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
    // Without a listener an error of the pool would end the process; every call reports its own failure.
    connection.on('error', () => log('WARNING: the connection to the database has trouble'));
    await connection.asPromise();
  } catch (error) {
    await connection?.destroy(true).catch(() => undefined);
    throw unavailable(uri, error);
  }
  let closing = false;
  connection.once('disconnecting', () => {
    closing = true;
  });
  connection.on('disconnected', () => {
    if (!closing) log('WARNING: the database cannot be reached', { database: withoutSecrets(uri) });
  });
  connection.on('reconnected', () => log('The database is reached again', { database: withoutSecrets(uri) }));
  log('Connected to the database', { database: withoutSecrets(uri) });
  return connection;
};
