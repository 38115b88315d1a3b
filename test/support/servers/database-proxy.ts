import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { mongo } from 'mongoose';
import { directUri } from '../database-uri.ts';
import {
  commandName,
  listsOf,
  plain,
  readMessage,
  requestIdOf,
  responseTo,
  splitMessages,
} from '../replica-set/wire.ts';

/** Name of each write command's list, which is in its body or in a separate section. */
const LISTS: Readonly<Record<string, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' };

/** A write command sent by the driver. */
export interface WriteCommand {
  readonly name: string;
  readonly collection: string;
  /** Documents of an insert; `{q, u}` of an update; `{q}` of a delete. */
  readonly operations: readonly mongo.BSON.Document[];
  /** Equal for the driver's own retries of a write; null if it does not retry. */
  readonly retryKey: string | null;
}

export interface WriteReply {
  /** Matched and modified documents; for an insert, the number of inserted ones. */
  readonly n: number;
  readonly nModified: number;
}

/** Decision of a hook: forward the message, withhold it for good, or close the connection. */
export type Fate = 'pass' | 'hold' | 'cut';

export interface ProxyHooks {
  /** Called before the database receives the command. */
  readonly onCommand?: (command: WriteCommand) => Fate;
  /** Called after the database has executed the command, before the service gets the reply. */
  readonly onReply?: (command: WriteCommand, reply: WriteReply) => Fate;
}

export interface DatabaseProxy {
  /** The database's address with the proxy's port. */
  readonly uri: string;
  close(): Promise<void>;
}

/** The write command in a message; null for all other messages, which are not parsed. */
const writeOf = (message: Buffer): WriteCommand | null => {
  const name = commandName(message);
  const list = name === null ? undefined : LISTS[name];
  if (name === null || list === undefined) return null;
  const read = readMessage(message);
  const { lsid, txnNumber } = read.body;
  const retryKey = txnNumber === undefined ? null : `${lsid?.id?.toString('hex')}:${txnNumber}`;
  return { name, collection: String(read.body[name]), operations: listsOf(read)[list] ?? [], retryKey };
};

/**
 * A proxy between a service and its database. It forwards messages, and passes writes and their replies to the hooks,
 * which may withhold them or close the connection. After a cut in `onReply` the write is done but looks failed.
 */
export const startDatabaseProxy = async (databaseUri: string, hooks: ProxyHooks): Promise<DatabaseProxy> => {
  const uri = directUri(databaseUri);
  const target = { host: uri.hostname, port: Number(uri.port || 27_017) };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(target);
    const asked = new Map<number, WriteCommand>();
    const cut = (): void => {
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    const apply = (fate: Fate, message: Buffer, to: Socket): void => {
      if (fate === 'cut') cut();
      else if (fate === 'pass') to.write(message);
    };
    client.on(
      'data',
      splitMessages((message) => {
        const command = writeOf(message);
        if (command === null) return void database.write(message);
        asked.set(requestIdOf(message), command);
        apply(hooks.onCommand?.(command) ?? 'pass', message, database);
      }),
    );
    database.on(
      'data',
      splitMessages((message) => {
        const command = asked.get(responseTo(message));
        if (command === undefined) return void client.write(message);
        asked.delete(responseTo(message));
        const { n = 0, nModified = 0 } = plain(readMessage(message).body);
        apply(hooks.onReply?.(command, { n, nModified }) ?? 'pass', message, client);
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  uri.port = String((server.address() as AddressInfo).port);
  // Otherwise the driver would bypass the proxy with the addresses that a replica set reports.
  uri.searchParams.set('directConnection', 'true');
  return {
    uri: uri.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
