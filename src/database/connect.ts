import mongoose, { type Connection, type mongo } from 'mongoose';
import { AppError } from '../errors.ts';
import { settlesWithin } from '../timing/deadline.ts';
import { connectionSettings } from './uri-options.ts';

export { isDatabaseOutage } from './outage.ts';

/** Logs a message about the connection; with `debug`, one that matters only when something is wrong. */
export type ConnectionLog = (message: string, facts?: object, level?: 'debug') => void;

/** The address in a form that may be logged: without user, password and options, all of which can contain secrets. */
export const withoutSecrets = (uri: string): string => {
  const [, scheme = '', rest = ''] = /^(mongodb(?:\+srv)?:\/\/)?(.*)$/s.exec(uri) ?? [];
  const address = rest.split('?')[0] ?? '';
  return scheme + address.slice(address.lastIndexOf('@') + 1);
};

/** Hints by the driver's message, which is never shown because it may contain the URI. */
const HINTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/wire version/, 'It speaks another version of the protocol: MongoDB 4.4 or later is needed.'],
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

const DIRECT =
  'WARNING: MONGODB_URI connects to one member of a replica set (directConnection=true), and does not follow an election; name the set instead.';

/** A start fails after this long when no server answers; with one that does, it waits for an election to end. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Resolves to the servers of the deployment.
 * @param answerWithinMs rejects after this long where no server answers, because a wrong address should not look like a
 *   long election
 */
const opened = async (connection: Connection, answerWithinMs: number): Promise<readonly mongo.ServerDescription[]> => {
  let servers: readonly mongo.ServerDescription[] = [];
  // Undefined when the URI is not valid; the promise below has the reason.
  const client: mongo.MongoClient | undefined = connection.getClient();
  client?.on('topologyDescriptionChanged', ({ newDescription }) => {
    servers = [...newDescription.servers.values()];
  });
  const opening = connection.asPromise();
  const inTime = await settlesWithin(opening, answerWithinMs);
  if (!inTime && servers.every(({ type }) => type === 'Unknown')) {
    throw servers.find(({ error }) => error !== null)?.error ?? new Error('no server answered');
  }
  await opening;
  return servers;
};

/**
 * Opens a connection pool and waits until a server that takes writes responds: for at most 5 s if none responds, and for
 * the time of an election if others do; the URI's `serverSelectionTimeoutMS` replaces both.
 * What correctness rests on is set, whatever the URI says; see uri-options.ts.
 * Works with replica sets, sharded clusters and standalone servers.
 * Throws `database_unavailable` with a hint; neither the error nor the log contains the password of the URI.
 * @param onLost called when no server can be reached any more
 */
export const connect = async (
  uri: string,
  log: ConnectionLog,
  onLost: (reason: string) => void = () => {},
): Promise<Connection> => {
  let connection: Connection | undefined;
  const settings = connectionSettings(uri);
  try {
    connection = mongoose.createConnection(settings.uri, {
      ...settings.options,
      // The stores create their indexes themselves, before they are used.
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
    // Without a listener, an error of the pool would crash the process; each operation reports its own failure.
    connection.on('error', () => log('database connection error', {}, 'debug'));
    const servers = await opened(
      connection,
      settings.ownSelectionTimeout ? Number.POSITIVE_INFINITY : ANSWER_WITHIN_MS,
    );
    if (settings.warning !== null) log(settings.warning);
    if (settings.direct && servers.some(({ hosts }) => hosts.length > 1)) log(DIRECT);
  } catch (error) {
    // First the client, because mongoose waits for a connection that is being opened.
    await connection?.getClient()?.close(true);
    await connection?.destroy(true).catch(() => undefined);
    throw unavailable(uri, error);
  }
  let closing = false;
  connection.once('disconnecting', () => {
    closing = true;
  });
  connection.on('disconnected', () => {
    if (!closing) onLost(`no connection to ${withoutSecrets(uri)}`);
  });
  log('Connected to the database', { database: withoutSecrets(uri) }, 'debug');
  return connection;
};
