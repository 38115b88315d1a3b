/**
 * A proxy between the service and its database that counts the service's commands and forwards every byte. It reads only
 * the headers of the wire protocol (OP_MSG, 2013) and the first name in the command, which is what the command is called.
 * Argument: the port of the database. Answers `{what: 'address'}` and `{what: 'counts'}` (since the last question).
 */
import { connect, createServer } from 'node:net';
import { answerQuestions } from '../stage/program.mjs';

const OP_MSG = 2013;
const HEADER = 16;
/** Header, flags, kind of the section, and so much of the document as holds its first name. */
const ENOUGH = HEADER + 4 + 1 + 4 + 1 + 32;

const [port, host = '127.0.0.1'] = process.argv.slice(2);
let counts = {};

const nameOf = (head) => {
  if (head.readInt32LE(12) !== OP_MSG) return 'other';
  // Section 0 is the command; a driver may write it behind others, but the one for Node does not.
  const from = HEADER + 4 + 1 + 4 + 1;
  const end = head.indexOf(0, from);
  return head[HEADER + 4] === 0 && end !== -1 ? head.toString('latin1', from, end) : 'other';
};

/** Follows the messages of one connection through chunks that are cut anywhere. */
const createCounter = () => {
  let head = Buffer.alloc(0);
  let left = 0;
  let read = false;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (read) {
        const taken = Math.min(left, chunk.length - at);
        left -= taken;
        at += taken;
        if (left === 0) read = false;
        continue;
      }
      const size = head.length >= 4 ? head.readInt32LE(0) : ENOUGH;
      const wanted = Math.min(size, ENOUGH) - head.length;
      const taken = chunk.subarray(at, at + Math.max(1, head.length < 4 ? 4 - head.length : wanted));
      head = Buffer.concat([head, taken]);
      at += taken.length;
      if (head.length < 4 || head.length < Math.min(head.readInt32LE(0), ENOUGH)) continue;
      const name = nameOf(head);
      counts[name] = (counts[name] ?? 0) + 1;
      left = head.readInt32LE(0) - head.length;
      read = left > 0;
      head = Buffer.alloc(0);
    }
  };
};

const server = createServer((client) => {
  const database = connect({ port: Number(port), host, noDelay: true });
  client.setNoDelay(true);
  const count = createCounter();
  client.on('data', count);
  client.pipe(database).pipe(client);
  for (const socket of [client, database]) {
    socket.on('error', () => {
      client.destroy();
      database.destroy();
    });
  }
});
const listening = new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${server.address().port}`));
});

answerQuestions(async ({ what }) => {
  if (what === 'address') return listening;
  const answer = counts;
  counts = {};
  return answer;
});
