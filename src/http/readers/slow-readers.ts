import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowReaderLimits {
  /** A client that takes nothing of what waits for it for this long is let go. */
  readonly stallMs: number;
  /** And one that took less than this, on average, in `stallMs` in which something waited. */
  readonly bytesPerSecond: number;
  readonly checkEveryMs: number;
}

const LIMITS: SlowReaderLimits = { stallMs: 30_000, bytesPerSecond: 4 * 1024, checkEveryMs: 5_000 };

interface Reading {
  /** Bytes that the system has taken for the client. */
  taken: number;
  stalledMs: number;
  /** Time in which something waited, and what was taken meanwhile; begun anew when it was enough for `stallMs`. */
  waitedMs: number;
  takenWaiting: number;
}

/**
 * Closes connections whose client does not read: whatever the answer is, it keeps memory, files and database cursors
 * only for as long as somebody takes it. Time counts only while bytes wait, so an answer that is slow to come is safe.
 * @param now a clock that only goes forward, in milliseconds
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
      const dribbles = measured && reading.takenWaiting / (reading.waitedMs / 1_000) < bytesPerSecond;
      if (reading.stalledMs >= stallMs || dribbles) {
        socket.destroy();
      } else if (measured) {
        // A gigabyte that was taken quickly buys no hours of dribbling.
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
