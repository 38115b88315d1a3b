import { mongo } from 'mongoose';

/** Documents with their types kept (Int32, Long, Double), so that a copy on the wire is what the driver sent. */
const KEEP_TYPES = { promoteValues: false, bsonRegExp: true } as const;

/** Opcodes of MongoDB's wire protocol: of all commands, and of the driver's first hello and its reply. */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** Offset of the sections of OP_MSG, after its flags. */
const SECTIONS_AT = 20;
const HAS_CHECKSUM = 1;
/** The sender wants no reply (`w: 0`). */
const MORE_TO_COME = 2;

/** A command as it was sent. Its lists (documents, updates, deletes) may be in the body or in raw sections. */
export interface Message {
  readonly requestId: number;
  readonly wantsReply: boolean;
  /** Numbers have their BSON types. */
  readonly body: mongo.BSON.Document;
  /** Sections of kind 1, complete with their kind, as they were sent. */
  readonly sections: readonly Buffer[];
}

/** Splits a stream into messages; each starts with its length. */
export const splitMessages = (take: (message: Buffer) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    let waiting = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
      const length = waiting.readInt32LE(0);
      take(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
    wanted = waiting.length >= 4 ? waiting.readInt32LE(0) : 4;
    chunks = waiting.length === 0 ? [] : [waiting];
    held = waiting.length;
  };
};

export const documentAt = (message: Buffer, at: number): Buffer => message.subarray(at, at + message.readInt32LE(at));

export const textAt = (message: Buffer, at: number): string => message.toString('utf8', at, message.indexOf(0, at));

/** The number by which the reply to a message names it. */
export const requestIdOf = (message: Buffer): number => message.readInt32LE(4);

/** The request that a reply answers. */
export const responseTo = (message: Buffer): number => message.readInt32LE(8);

export const isCommand = (message: Buffer): boolean => message.readInt32LE(12) === OP_MSG;

/** The first hello of a connection, which drivers send in the old format. */
export const isLegacyHello = (message: Buffer): boolean => message.readInt32LE(12) === OP_QUERY;

/** The name of a command: the first key of its body, after section kind, length and element type. Null if the body is not first. */
export const commandName = (message: Buffer): string | null =>
  isCommand(message) && message[SECTIONS_AT] === 0 ? textAt(message, SECTIONS_AT + 6) : null;

export const readMessage = (message: Buffer): Message => {
  const flags = message.readUInt32LE(HEADER_BYTES);
  const end = message.length - (flags & HAS_CHECKSUM ? 4 : 0);
  const sections: Buffer[] = [];
  let body: mongo.BSON.Document = {};
  for (let at = SECTIONS_AT; at < end; ) {
    const bytes = documentAt(message, at + 1);
    if (message[at] === 0) body = mongo.BSON.deserialize(bytes, KEEP_TYPES);
    else sections.push(message.subarray(at, at + 1 + bytes.length));
    at += 1 + bytes.length;
  }
  return { requestId: requestIdOf(message), wantsReply: (flags & MORE_TO_COME) === 0, body, sections };
};

/** The lists of a command by name, with plain numbers, whether they were sent in its body or in sections. */
export const listsOf = ({ body, sections }: Pick<Message, 'body' | 'sections'>) => {
  const lists: Record<string, mongo.BSON.Document[]> = {};
  for (const name of ['documents', 'updates', 'deletes']) {
    if (Array.isArray(body[name])) lists[name] = plain({ list: body[name] }).list;
  }
  for (const section of sections) {
    const name = textAt(section, 5);
    const list: mongo.BSON.Document[] = [];
    for (let at = 6 + Buffer.byteLength(name); at < section.length; ) {
      const bytes = documentAt(section, at);
      list.push(mongo.BSON.deserialize(bytes));
      at += bytes.length;
    }
    lists[name] = list;
  }
  return lists;
};

/** A document with plain numbers instead of typed ones. */
export const plain = (document: mongo.BSON.Document): mongo.BSON.Document =>
  mongo.BSON.deserialize(mongo.BSON.serialize(document));

const header = (bytes: number, answered: number, opcode: number): Buffer => {
  const buffer = Buffer.alloc(HEADER_BYTES);
  for (const [index, value] of [bytes, 1, answered, opcode].entries()) buffer.writeInt32LE(value, index * 4);
  return buffer;
};

/** A command, or the reply to the request `answered`. */
export const writeMessage = (
  body: mongo.BSON.Document,
  { answered = 0, sections = [] }: { readonly answered?: number; readonly sections?: readonly Buffer[] } = {},
): Buffer => {
  const content = [Buffer.alloc(5), mongo.BSON.serialize(body), ...sections];
  const length = content.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  return Buffer.concat([header(length, answered, OP_MSG), ...content]);
};

/** The reply to a hello in the old format. */
export const writeLegacyReply = (body: mongo.BSON.Document, answered: number): Buffer => {
  const content = mongo.BSON.serialize(body);
  // Flags (await capable), cursor and first document, and the number of documents.
  const facts = Buffer.alloc(20);
  facts.writeInt32LE(8, 0);
  facts.writeInt32LE(1, 16);
  return Buffer.concat([header(HEADER_BYTES + facts.length + content.length, answered, OP_REPLY), facts, content]);
};

/** A reply of another server, as the answer to `answered`. */
export const readdressed = (reply: Buffer, answered: number): Buffer => {
  const copy = Buffer.from(reply);
  copy.writeInt32LE(answered, 8);
  return copy;
};
