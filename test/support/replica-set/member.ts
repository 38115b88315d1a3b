import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { mongo } from 'mongoose';
import { INTERRUPTED, NO_MAJORITY, NOT_PRIMARY, NOT_READABLE, TOO_OLD } from './answers.ts';
import { type Backend, BackendConnection, forEngine } from './backend.ts';
import type { Commands } from './commands.ts';
import type { Election } from './election.ts';
import type { Faults } from './faults.ts';
import { copyOf, type LaggingCopy } from './lagging-copy.ts';
import { Sessions } from './sessions.ts';
import {
  isCommand,
  isLegacyHello,
  type Message,
  plain,
  readdressed,
  readMessage,
  requestIdOf,
  splitMessages,
  writeLegacyReply,
  writeMessage,
} from './wire.ts';

/** What the members of a set have in common. */
export interface SharedState {
  readonly backend: Backend;
  readonly election: Election;
  readonly sessions: Sessions;
  readonly commands: Commands;
  readonly faults: Faults;
  readonly copy: LaggingCopy | null;
  readonly hello: (member: number) => mongo.BSON.Document;
}

const WRITES = [
  ...['insert', 'update', 'delete', 'findAndModify', 'create', 'createIndexes', 'drop', 'dropDatabase', 'dropIndexes'],
  ...['collMod', 'renameCollection'],
];
const HELLO = ['hello', 'ismaster', 'isMaster'];
/** Every member answers these, whatever the read preference; a cursor stays where it was opened. */
const ANYWHERE = [
  'buildInfo',
  'buildinfo',
  'getMore',
  'killCursors',
  'connectionStatus',
  'getParameter',
  'serverStatus',
];

/** One member of the set: a port at which drivers find what a `mongod` of a replica set would answer. */
export class Member {
  readonly index: number;
  readonly #shared: SharedState;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  port = 0;

  constructor(index: number, shared: SharedState) {
    this.index = index;
    this.#shared = shared;
  }

  get isUp(): boolean {
    return this.#server !== null;
  }

  /** Listens on a free port, or after a crash on the same as before. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket)).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Cuts all connections and listens no more. */
  async crash(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const engine = new BackendConnection(this.#shared.backend);
    this.#sockets.add(client);
    client.setNoDelay(true);
    client.on('error', () => {});
    client.on('close', () => {
      this.#sockets.delete(client);
      engine.close();
    });
    client.on(
      'data',
      splitMessages((bytes) => {
        this.#answer(bytes, engine, client).then(
          (reply) => reply !== null && client.writable && client.write(reply),
          () => client.destroy(),
        );
      }),
    );
  }

  async #answer(bytes: Buffer, engine: BackendConnection, client: Socket): Promise<Buffer | null> {
    const { commands, hello } = this.#shared;
    const answered = requestIdOf(bytes);
    if (isLegacyHello(bytes)) return writeLegacyReply(hello(this.index), answered);
    if (!isCommand(bytes)) throw new Error('Only OP_MSG and the first hello are understood');
    const message = readMessage(bytes);
    const [name = ''] = Object.keys(message.body);
    const isHello = HELLO.includes(name);
    commands.record(isHello ? 'hello' : name, this.index, this.#isPrimary, message);
    if (isHello) return writeMessage(hello(this.index), { answered });
    if (name === 'ping' || name === 'endSessions') return writeMessage({ ok: 1 }, { answered });
    const reply = WRITES.includes(name)
      ? await this.#write(message, engine, client)
      : await this.#read(name, message, engine);
    return message.wantsReply ? reply : null;
  }

  get #isPrimary(): boolean {
    return this.#shared.election.primary === this.index;
  }

  async #read(name: string, { requestId, body, sections }: Message, engine: BackendConnection): Promise<Buffer> {
    const { copy, election, faults } = this.#shared;
    const command = forEngine(body);
    if (!ANYWHERE.includes(name)) {
      const preference = body.$readPreference?.mode ?? 'primary';
      if (!this.#isPrimary && preference === 'primary') {
        faults.refused += 1;
        return writeMessage(NOT_READABLE, { answered: requestId });
      }
      if (!this.#isPrimary) faults.secondaryReads += 1;
      const isOld = !this.#isPrimary || (body.readConcern?.level === 'majority' && !election.hasMajority);
      if (copy !== null && isOld) command.$db = copyOf(command.$db);
    }
    return readdressed(await engine.run(command, sections), requestId);
  }

  async #write({ requestId, body, sections }: Message, engine: BackendConnection, client: Socket): Promise<Buffer> {
    const { election, sessions, faults, copy } = this.#shared;
    const answer = (document: mongo.BSON.Document) => writeMessage(document, { answered: requestId });
    const key = Sessions.keyOf(body);
    const labels = key === null ? {} : { errorLabels: ['RetryableWriteError'] };
    const { term } = election;
    if (!this.#isPrimary) {
      faults.refused += 1;
      return answer({ ...NOT_PRIMARY, ...labels });
    }
    const before = key === null ? null : sessions.find(key);
    if (before?.kind === 'stale') return answer(TOO_OLD);
    if (before?.kind === 'done') faults.replayed += 1;
    const made = before?.kind === 'done' ? before.reply : engine.run(forEngine(body), sections);
    if (key !== null) sessions.remember(key, made);
    if (before?.kind !== 'done') copy?.add(forEngine(body), sections);

    const reply = await made;
    const replication = await election.majority(...waitOf(body));
    if (!this.isUp || client.destroyed) {
      faults.unanswered += 1;
      return answer(NOT_PRIMARY);
    }
    if (!election.isPrimary(this.index, term) || replication === 'interrupted') {
      faults.interrupted += 1;
      if (key === null) return answer({ ok: 0, ...INTERRUPTED });
      return answer({ ...replyOf(reply), writeConcernError: INTERRUPTED, ...labels });
    }
    if (replication === 'timed out') {
      faults.unreplicated += 1;
      return answer({ ...replyOf(reply), writeConcernError: NO_MAJORITY });
    }
    return readdressed(reply, requestId);
  }
}

const replyOf = (reply: Buffer): mongo.BSON.Document => readMessage(reply).body;

/** How a write waits for its replication: since MongoDB 5.0 for a majority, unless it says otherwise. */
const waitOf = ({ writeConcern }: mongo.BSON.Document): [wanted: boolean, timeoutMs: number] => {
  const { w = 'majority', wtimeout = 0 } = plain(writeConcern ?? {});
  return [w === 'majority' || Number(w) > 1, Number(wtimeout)];
};
