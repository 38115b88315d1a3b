import { createHostLimiter } from '../../../src/dispatch/scheduling/host-limiter.ts';

export const HOST = 'https://shop.example';

export interface Answered {
  readonly how: 'ok' | 'throttled' | 'failed';
  /** From the request to the header. */
  readonly roundTripMs: number;
  /** From the header to the last byte. */
  readonly bodyMs?: number;
}

export interface PacedBatch {
  readonly images: number;
  /** @param inFlight requests at the server, with this one */
  readonly serve: (inFlight: number, at: number) => Answered;
  readonly connections?: number;
  /** The connections are always as many: for comparison. */
  readonly fixed?: number;
  /** Milliseconds by which this machine notices an answer later. */
  readonly lateMs?: (at: number) => number;
  /** Images between their permit and their output, and how many of them are encoded at once for how long. */
  readonly machine?: { readonly capacity: number; readonly cores: number; readonly encodeMs: number };
  readonly retryMs?: number;
}

/** A generator that gives the same numbers every time. */
export const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
};

/** Downloads a batch from one server through the limiter in virtual time. */
export const runPaced = (batch: PacedBatch) => {
  const { connections = 32, lateMs = () => 0, retryMs = 750, fixed } = batch;
  const machine = batch.machine ?? { capacity: 1_000, cores: 1_000, encodeMs: 0 };
  const later: { readonly at: number; readonly what: () => void }[] = [];
  let time = 0;
  const hosts = createHostLimiter(
    { connections: () => connections, most: 4 * connections, maxConsecutiveThrottles: 5 },
    () => time,
  );
  let left = batch.images;
  let nextId = 0;
  let atServer = 0;
  let inMachine = 0;
  let encoding = 0;
  const toEncode: (() => void)[] = [];
  const seen = {
    ...{ completed: 0, answers: 0, throttled: 0, failed: 0, mostAtServer: 0, endedAt: 0 },
    limits: [] as { readonly at: number; readonly limit: number }[],
    roundTrips: [] as number[],
  };
  const waiting: string[] = [];
  let downloading = 0;

  const after = (ms: number, what: () => void): void => {
    const at = time + ms;
    const index = later.findLastIndex((each) => each.at <= at);
    later.splice(index + 1, 0, { at, what });
  };

  const encode = (): void => {
    encoding += 1;
    after(machine.encodeMs, () => {
      encoding -= 1;
      inMachine -= 1;
      seen.completed += 1;
      seen.endedAt = time;
      toEncode.shift()?.();
    });
  };

  const begin = (id: string): void => {
    atServer += 1;
    downloading += 1;
    seen.mostAtServer = Math.max(seen.mostAtServer, atServer);
    const { how, roundTripMs, bodyMs = 0 } = batch.serve(atServer, time);
    after(roundTripMs + bodyMs, () => {
      atServer -= 1;
      const late = lateMs(time);
      after(late, () => {
        downloading -= 1;
        seen.answers += 1;
        if (how === 'ok') {
          seen.roundTrips.push(roundTripMs);
          hosts.recordAnswer(HOST, id, roundTripMs + late);
          hosts.recordSuccess(HOST);
          if (encoding < machine.cores) encode();
          else toEncode.push(encode);
        } else {
          inMachine -= 1;
          seen[how] += 1;
          if (how === 'throttled') {
            for (const refused of hosts.recordThrottle(HOST, id, undefined)) {
              inMachine -= 1;
              left += refused === '' ? 0 : 1;
              waiting.splice(waiting.indexOf(refused), 1);
            }
          } else hosts.recordFailure(HOST, id);
          after(retryMs, () => {
            left += 1;
          });
        }
        hosts.release(HOST, id);
        for (let next = hosts.grantNext(HOST); next !== null; next = hosts.grantNext(HOST)) begin(next);
      });
    });
  };

  const fill = (): void => {
    while (left > 0 && inMachine < machine.capacity) {
      if (fixed !== undefined) {
        if (downloading >= fixed) return;
        left -= 1;
        inMachine += 1;
        nextId += 1;
        begin(`${nextId}`);
        continue;
      }
      if (hosts.available(HOST) <= 0) return;
      nextId += 1;
      const id = `${nextId}`;
      const answer = hosts.acquire(HOST, id);
      if (answer === 'refused') return;
      left -= 1;
      inMachine += 1;
      if (answer === 'queued') waiting.push(id);
      else begin(id);
    }
  };

  while (seen.completed < batch.images) {
    fill();
    const limit = hosts.limitOf(HOST);
    if (seen.limits.at(-1)?.limit !== limit) seen.limits.push({ at: Math.round(time), limit });
    const next = later.shift();
    // Nothing is on its way while the host is paused.
    time = next?.at ?? time + 50;
    next?.what();
    if (time > 600_000) throw new Error(`after ten minutes ${seen.completed} images are here`);
  }
  return { ...seen, imagesPerSecond: (1_000 * seen.completed) / seen.endedAt, limit: hosts.limitOf(HOST) };
};
