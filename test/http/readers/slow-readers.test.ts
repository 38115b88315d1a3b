import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { dropSlowReaders } from '../../../src/http/readers/slow-readers.ts';
import { waitFor } from '../../support/service.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x');
const LIMITS = { stallMs: 30_000, bytesPerSecond: 4_096, checkEveryMs: 5 };

let server: Server;
let clock = 0;
const sockets: Socket[] = [];

/** An endless response with backpressure. */
const serve = async (limits = LIMITS): Promise<void> => {
  server = createServer((_req, res) => {
    const more = (): void => {
      while (res.write(CHUNK));
    };
    res.on('drain', more);
    more();
  });
  dropSlowReaders(server, limits, () => clock);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
};

beforeEach(() => {
  clock = 0;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = async (): Promise<{ socket: Socket; closed: () => boolean }> => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let closed = false;
  socket.on('error', () => {});
  const [connection] = await Promise.all([once(server, 'connection'), once(socket, 'connect')]);
  (connection[0] as Socket).once('close', () => {
    closed = true;
  });
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { socket, closed: () => closed };
};

/** Waits for this many checks. */
const checks = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, LIMITS.checkEveryMs * count));

test('a client that reads nothing is disconnected at its time-out, not before', async () => {
  await serve();
  const { closed } = await open();
  await checks(20); // the buffers of the operating system are full
  clock += 29_000;
  await checks(4);
  expect(closed()).toBe(false);
  clock += 31_000;
  await waitFor(async () => closed());
});

test('a client that reads a byte now and then is disconnected too', async () => {
  await serve();
  const { socket, closed } = await open();
  await checks(20);
  await waitFor(async () => {
    // Far below the minimum rate, but never idle for the whole time-out.
    clock += 20_000;
    socket.read(1);
    await checks(2);
    return closed();
  });
});

test('a client that keeps reading stays connected, however long it takes', async () => {
  await serve();
  const { socket, closed } = await open();
  let taken = 0;
  socket.on('data', (data: Buffer) => {
    taken += data.length;
  });
  socket.resume();
  for (let round = 1; round <= 20; round += 1) {
    const before = taken;
    clock += 10_000;
    await waitFor(async () => taken > before + 1024 * 1024);
  }
  expect(closed()).toBe(false);
});

test('a connection without pending data stays open', async () => {
  server = createServer(() => {});
  dropSlowReaders(server, LIMITS, () => clock);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { closed } = await open();
  clock += 1_000_000;
  await checks(4);
  expect(closed()).toBe(false);
});

/** A connection that always has pending data and reports each check. */
class Waiting extends EventEmitter {
  bytesWritten = 64 * 1024;
  closed = false;
  looks = 0;
  get writableLength(): number {
    this.looks += 1;
    return 64 * 1024;
  }
  destroy(): void {
    this.closed = true;
  }
}

test('a fast start is no credit for reading slowly later', async () => {
  const connection = new Waiting();
  const listening = new EventEmitter();
  dropSlowReaders(listening as Server, LIMITS, () => clock);
  try {
    listening.emit('connection', connection);
    const take = async (bytes: number): Promise<void> => {
      connection.bytesWritten += bytes;
      clock += 10_000;
      const before = connection.looks;
      await waitFor(async () => connection.looks > before);
    };
    await take(1024 ** 3);
    for (let round = 0; round < 9; round += 1) await take(64 * 1024);
    expect(connection.closed).toBe(false);
    for (let round = 0; round < 9; round += 1) await take(1_000);
    expect(connection.closed).toBe(true);
  } finally {
    listening.emit('close');
  }
});
