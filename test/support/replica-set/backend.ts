import { connect, type Socket } from 'node:net';
import type { mongo } from 'mongoose';
import { directUri } from '../database-uri.ts';
import { splitMessages, writeMessage } from './wire.ts';

/** The engine that keeps the data of the set. */
export interface Backend {
  readonly host: string;
  readonly port: number;
}

/** What only a replica set understands: the engine behind it is a single server. */
const OF_THE_SET = ['lsid', 'txnNumber', '$clusterTime', '$readPreference', 'writeConcern', 'readConcern'];

/** The part of a command that a single server understands. */
export const forEngine = (body: mongo.BSON.Document): mongo.BSON.Document =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !OF_THE_SET.includes(name)));

/** A connection to the engine, opened with the first command. */
export class BackendConnection {
  readonly #address: Backend;
  readonly #waiting: { resolve: (reply: Buffer) => void; reject: (error: Error) => void }[] = [];
  #socket: Socket | null = null;
  #isClosing = false;

  constructor(address: Backend) {
    this.#address = address;
  }

  /** Resolves to the reply as the engine sent it; rejects when the connection breaks. */
  run(body: mongo.BSON.Document, sections: readonly Buffer[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#open().write(writeMessage(body, { sections }));
    });
  }

  /** Closes it when the last reply has come: a command that was sent is executed, so its reply must be known. */
  close(): void {
    this.#isClosing = true;
    if (this.#waiting.length === 0) this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket !== null) return this.#socket;
    const socket = connect({ ...this.#address, noDelay: true });
    this.#socket = socket;
    // Replies come in the order of the commands.
    socket.on(
      'data',
      splitMessages((reply) => {
        this.#waiting.shift()?.resolve(reply);
        if (this.#isClosing) this.close();
      }),
    );
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = null;
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('The engine closed the connection'));
    });
    return socket;
  }
}

/** The address of a server from its URI. */
export const backendOf = (uri: string): Backend => {
  const { hostname: host, port } = directUri(uri);
  return { host, port: Number(port || 27_017) };
};
