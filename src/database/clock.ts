import type { Connection } from 'mongoose';

const REFRESH_MS = 10_000;
/** Samples kept: one minute, so that drift is noticed even after a very good sample. */
const SAMPLES = 6;
/** Longer round trips, from a stalled database, are too inaccurate to use. */
const LONGEST_ROUND_TRIP_MS = 2_000;

interface Sample {
  /** Database time minus `localNow`, in milliseconds. */
  readonly offset: number;
  readonly roundTrip: number;
}

export interface DatabaseClock {
  /** Current database time; throws before the first sample. */
  readonly now: () => Date;
  /** Takes the first sample, then one every 10 s; rejects with the driver's error if the database is unreachable. */
  start(): Promise<void>;
  stop(): void;
  /** Takes another sample. */
  refresh(): Promise<void>;
}

export interface DatabaseClockOptions {
  /** Monotonic milliseconds from any origin. Default: `performance.now`. */
  readonly localNow?: () => number;
  /** Called if a refresh fails; the last offset stays in use. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The database's time, which leases need because it is the same for all instances even if their own clocks are wrong.
 * Like NTP it assumes that `hello.localTime` was read in the middle of the round trip, so the error is at most half a
 * round trip plus the database's resolution of 1 ms. Between samples it runs on a monotonic clock, so a step of the
 * local clock has no effect.
 */
export const createClock = (connection: Connection, options: DatabaseClockOptions = {}): DatabaseClock => {
  const { localNow = () => performance.now(), onError = () => undefined } = options;
  let samples: Sample[] = [];
  let offset: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const refresh = async (): Promise<void> => {
    const sent = localNow();
    const reply = await connection.getClient().db('admin').command({ hello: 1 });
    const received = localNow();
    if (!(reply.localTime instanceof Date)) throw new Error('The database did not report its time');
    const roundTrip = received - sent;
    if (offset !== null && roundTrip > LONGEST_ROUND_TRIP_MS) return;
    const sample: Sample = { offset: reply.localTime.getTime() - (sent + received) / 2, roundTrip };

    // A difference that no delay explains: one of the clocks was stepped (or slept), so older samples are invalid.
    const stepped = samples.some(
      (older) => Math.abs(older.offset - sample.offset) > (older.roundTrip + roundTrip) / 2 + 2,
    );
    samples = [...(stepped ? [] : samples), sample].slice(-SAMPLES);
    offset = samples.reduce((best, other) => (other.roundTrip < best.roundTrip ? other : best)).offset;
  };

  return {
    refresh,
    async start() {
      await refresh();
      let sampling = false;
      timer ??= setInterval(() => {
        // While the database stalls, samples must not pile up.
        if (sampling) return;
        sampling = true;
        void refresh()
          .catch(onError)
          .finally(() => {
            sampling = false;
          });
      }, REFRESH_MS).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    now() {
      if (offset === null) throw new Error('The database clock was read before it was started');
      return new Date(Math.round(localNow() + offset));
    },
  };
};
