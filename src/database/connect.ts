import mongoose, { type Connection } from 'mongoose';
import { AppError } from '../errors.ts';

export { isDatabaseOutage } from './outage.ts';

/** Logs a message about the connection. */
export type ConnectionLog = (message: string, facts?: object) => void;

/** The address in a form that may be logged: without user, password and options, all of which can contain secrets. */
export const withoutSecrets = (uri: string): string => {
  const [, scheme = '', rest = ''] = /^(mongodb(?:\+srv)?:\/\/)?(.*)$/s.exec(uri) ?? [];
  const address = rest.split('?')[0] ?? '';
  return scheme + address.slice(address.lastIndexOf('@') + 1);
};

/** Hints by the driver's message, which is never shown because it may contain the URI. */
const HINTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/auth|SCRAM/i, 'It rejected the user or the password: check both in MONGODB_URI.'],
  [/ENOTFOUND|EAI_AGAIN|ENODATA|querySrv/, 'Its host name cannot be resolved: check MONGODB_URI.'],
  [/ECONNREFUSED/, 'Nothing is listening there: start it, or correct MONGODB_URI.'],
  [/certificate|TLS|SSL/i, 'The TLS connection failed: check the tls options of MONGODB_URI.'],
];
const DEFAULT_HINT = 'Check that it is running and that MONGODB_URI is correct.';

/** No `instanceof`: an error of Node's core may belong to another realm. */
const nameAndMessage = (error: unknown): string => {
  const { name = '', message = '' } = (error ?? {}) as { name?: string; message?: string };
  return `${name} ${message}`;
};

const unavailable = (uri: string, error: unknown): AppError => {
  const text = nameAndMessage(error);
  if (
    /MongoParseError|MongoAPIError|ERR_INVALID_URL|MongoInvalidArgumentError|TypeError|Port should be|Unable to parse/.test(
      text,
    )
  ) {
    return new AppError(
      'database_unavailable',
      'MONGODB_URI is not a valid MongoDB address. The format is mongodb://user:password@host:27017/name; special characters in the password must be percent-encoded.',
    );
  }
  const hint = HINTS.find(([pattern]) => pattern.test(text))?.[1] ?? DEFAULT_HINT;
  return new AppError('database_unavailable', `The database at ${withoutSecrets(uri)} cannot be reached. ${hint}`);
};

/**
 * Opens a connection pool and waits until the server responds, for at most 5 s.
 * Writes are acknowledged by the majority, journaled. Works with replica sets and standalone servers.
 * Throws `database_unavailable` with a hint; neither the error nor the log contains the password of the URI.
 */
export const connect = async (uri: string, log: ConnectionLog): Promise<Connection> => {
  let connection: Connection | undefined;
  try {
    connection = mongoose.createConnection(uri, {
      appName: 'bulk-image-processor',
      writeConcern: { w: 'majority', journal: true },
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      // A hanging server, which does not even refuse connections, is noticed after this plus connectTimeoutMS; pending
      // operations then fail instead of waiting for socketTimeoutMS.
      heartbeatFrequencyMS: 2_000,
      socketTimeoutMS: 60_000,
      waitQueueTimeoutMS: 10_000,
      // The stores create their indexes themselves, before they are used.
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
    // Without a listener, an error of the pool would crash the process; each operation reports its own failure.
    connection.on('error', () => log('WARNING: database connection error'));
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
  connection.on('reconnected', () => log('Reconnected to the database', { database: withoutSecrets(uri) }));
  log('Connected to the database', { database: withoutSecrets(uri) });
  return connection;
};
