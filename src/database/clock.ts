import type { Connection } from 'mongoose';

const REFRESH_MS = 10_000;
/** Samples kept: a minute's worth, so that drift does not outlive a good sample. */
const SAMPLES = 6;
/** A round trip this long says too little about the time; it comes from a database that was held up. */
const LONGEST_ROUND_TRIP_MS = 2_000;

interface Sample {
  /** Database time minus `localNow`, in milliseconds. */
  readonly offset: number;
  readonly roundTrip: number;
}

export interface DatabaseClock {
  /** The database's time; throws before the first sample. */
  readonly now: () => Date;
  /** Takes the first sample and refreshes every 10 s; rejects as the driver does when the database is away. */
  start(): Promise<void>;
  stop(): void;
  /** Takes one more sample. */
  refresh(): Promise<void>;
}

export interface DatabaseClockOptions {
  /** Milliseconds that only ever grow; their zero does not matter. Default `performance.now`. */
  readonly localNow?: () => number;
  /** Told when a refresh fails; the last offset stays in use. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The database's time, which is the same for every instance however wrong their own clocks are (leases need that).
 * It takes `hello.localTime` as the time at half of the round trip, as NTP does, so it is off by at most half a round
 * trip and the database's own resolution of one millisecond. Between two samples it runs on a monotonic clock, so a
 * step of the local clock changes nothing.
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
    if (!(reply.localTime instanceof Date)) throw new Error('The database does not tell its time');
    const roundTrip = received - sent;
    if (offset !== null && roundTrip > LONGEST_ROUND_TRIP_MS) return;
    const sample: Sample = { offset: reply.localTime.getTime() - (sent + received) / 2, roundTrip };

    // A sample that no delay can explain: one of the two clocks was stepped (or slept), so older samples are wrong.
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
      let asking = false;
      timer ??= setInterval(() => {
        // While the database is held up, questions must not queue.
        if (asking) return;
        asking = true;
        void refresh()
          .catch(onError)
          .finally(() => {
            asking = false;
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
