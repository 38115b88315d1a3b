import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowReaderLimits {
  /** A client that reads no pending data for this long is disconnected. */
  readonly stallMs: number;
  /** So is one that reads more slowly than this, on average, over `stallMs` with pending data. */
  readonly bytesPerSecond: number;
  readonly checkEveryMs: number;
}

const LIMITS: SlowReaderLimits = { stallMs: 30_000, bytesPerSecond: 4 * 1024, checkEveryMs: 5_000 };

interface Reading {
  /** Bytes passed to the operating system. */
  taken: number;
  stalledMs: number;
  /** Time with pending data, and the bytes read in it; both restart every `stallMs`. */
  waitedMs: number;
  takenWaiting: number;
}

/**
 * Closes connections whose client does not read, because a response holds memory, files and database cursors until it is
 * read. Only time with pending data counts, so a slowly produced response is safe.
 * @param now monotonic clock in milliseconds
 */
export const dropSlowReaders = (
  server: Server,
  { stallMs, bytesPerSecond, checkEveryMs }: SlowReaderLimits = LIMITS,
  now: () => number = () => performance.now(),
): void => {
  const connections = new Map<Socket, Reading>();
  let checkedAt = now();

  const check = (): void => {
    const passed = now() - checkedAt;
    checkedAt = now();
    for (const [socket, reading] of connections) {
      const taken = socket.bytesWritten - socket.writableLength;
      const more = taken - reading.taken;
      reading.taken = taken;
      if (socket.writableLength === 0) {
        reading.stalledMs = 0;
        continue;
      }
      reading.stalledMs = more > 0 ? 0 : reading.stalledMs + passed;
      reading.waitedMs += passed;
      reading.takenWaiting += more;
      const measured = reading.waitedMs >= stallMs;
      const isSlow = measured && reading.takenWaiting / (reading.waitedMs / 1_000) < bytesPerSecond;
      if (reading.stalledMs >= stallMs || isSlow) {
        socket.destroy();
      } else if (measured) {
        // Restarts, so that a fast start is no credit for reading slowly later.
        reading.waitedMs = 0;
        reading.takenWaiting = 0;
      }
    }
  };

  server.on('connection', (socket: Socket) => {
    connections.set(socket, { taken: 0, stalledMs: 0, waitedMs: 0, takenWaiting: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  const timer = setInterval(check, checkEveryMs).unref();
  server.once('close', () => clearInterval(timer));
};
