import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** Response to a query: addresses, no such name, a failure, or none. */
export type NameAnswer = readonly string[] | 'not found' | 'failure' | 'silence';

export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

const TYPES = { 1: 'A', 28: 'AAAA' } as const;

const nameOf = (message: Buffer): { name: string; end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
};

const bytesOf = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [before = '', after = ''] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [head, tail] = [words(before), words(after)];
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
};

/** A name server on loopback (RFC 1035, UDP). */
export class NameServer {
  readonly #socket: Socket;
  /** Every question, in its order, those included that got no answer. */
  readonly questions: Question[] = [];

  static async start(answer: (question: Question) => NameAnswer, ttl = 60): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
    return new NameServer(socket, answer, ttl);
  }

  private constructor(socket: Socket, answer: (question: Question) => NameAnswer, ttl: number) {
    this.#socket = socket;
    socket.on('message', (message, from) => {
      const { name, end } = nameOf(message);
      const type = TYPES[message.readUInt16BE(end) as 1 | 28];
      const question = { name, type };
      this.questions.push(question);
      const response = answer(question);
      if (response === 'silence') return;
      const addresses =
        typeof response === 'string' ? [] : response.filter((each) => each.includes(':') === (type === 'AAAA'));
      const header = Buffer.from(message.subarray(0, 12));
      const code = response === 'not found' ? 3 : response === 'failure' ? 2 : 0;
      header.writeUInt16BE(0x8180 | code, 2);
      header.writeUInt16BE(addresses.length, 6);
      header.writeUInt32BE(0, 8);
      const records = addresses.map((address) => {
        const data = bytesOf(address);
        const record = Buffer.from([0xc0, 12, 0, type === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, data.length]);
        record.writeUInt32BE(ttl, 6);
        return Buffer.concat([record, data]);
      });
      socket.send(Buffer.concat([header, message.subarray(12, end + 4), ...records]), from.port, from.address);
    });
  }

  /** For DNS_SERVERS. */
  get address(): string {
    return `127.0.0.1:${(this.#socket.address() as AddressInfo).port}`;
  }

  /** Number of queries, for a name or in total. */
  count(name?: string): number {
    return name === undefined ? this.questions.length : this.questions.filter((each) => each.name === name).length;
  }

  close(): Promise<void> {
    return new Promise((closed) => this.#socket.close(() => closed()));
  }
}
