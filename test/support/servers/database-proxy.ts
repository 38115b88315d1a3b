import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { mongo } from 'mongoose';

/** Opcode of commands and replies (OP_MSG of MongoDB's wire protocol), and the offset of its sections. */
const OP_MSG = 2013;
const SECTIONS_AT = 20;
const HAS_CHECKSUM = 1;

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

/** Splits a stream into messages; each starts with its length. */
const messages = (take: (message: Buffer) => void): ((chunk: Buffer) => void) => {
  let waiting = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
      const length = waiting.readInt32LE(0);
      take(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  };
};

const documentAt = (message: Buffer, at: number) => message.subarray(at, at + message.readInt32LE(at));

const textAt = (message: Buffer, at: number): string => message.toString('utf8', at, message.indexOf(0, at));

/** The body of a message, including its document sequences. */
const read = (message: Buffer): mongo.BSON.Document => {
  const end = message.length - (message.readUInt32LE(16) & HAS_CHECKSUM ? 4 : 0);
  const body: mongo.BSON.Document = {};
  for (let at = SECTIONS_AT; at < end; ) {
    const kind = message[at];
    at += 1;
    if (kind === 0) {
      const bytes = documentAt(message, at);
      Object.assign(body, mongo.BSON.deserialize(bytes));
      at += bytes.length;
      continue;
    }
    const sectionEnd = at + message.readInt32LE(at);
    const name = textAt(message, at + 4);
    const list: mongo.BSON.Document[] = [];
    for (let inner = at + 5 + Buffer.byteLength(name); inner < sectionEnd; ) {
      const bytes = documentAt(message, inner);
      list.push(mongo.BSON.deserialize(bytes));
      inner += bytes.length;
    }
    body[name] = list;
    at = sectionEnd;
  }
  return body;
};

/** The write command in a message; null for all other messages, which are not parsed. */
const writeOf = (message: Buffer): WriteCommand | null => {
  if (message.readInt32LE(12) !== OP_MSG || message[SECTIONS_AT] !== 0) return null;
  // The command's name is the first key of the body, after section kind, length and element type.
  const name = textAt(message, SECTIONS_AT + 6);
  const list = LISTS[name];
  if (list === undefined) return null;
  const body = read(message);
  const retryKey = body.txnNumber === undefined ? null : `${body.lsid?.id?.toString('hex')}:${body.txnNumber}`;
  return { name, collection: String(body[name]), operations: body[list] ?? [], retryKey };
};

/**
 * A proxy between a service and its database. It forwards messages, and passes writes and their replies to the hooks,
 * which may withhold them or close the connection. After a cut in `onReply` the write is done but looks failed.
 */
export const startDatabaseProxy = async (databaseUri: string, hooks: ProxyHooks): Promise<DatabaseProxy> => {
  const uri = new URL(databaseUri);
  const target = { host: uri.hostname, port: Number(uri.port) };
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
      messages((message) => {
        const command = writeOf(message);
        if (command === null) return void database.write(message);
        asked.set(message.readInt32LE(4), command);
        apply(hooks.onCommand?.(command) ?? 'pass', message, database);
      }),
    );
    database.on(
      'data',
      messages((message) => {
        const command = asked.get(message.readInt32LE(8));
        if (command === undefined) return void client.write(message);
        asked.delete(message.readInt32LE(8));
        const { n = 0, nModified = 0 } = read(message);
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
