/** The share of one client; at least one. */
export const halfOf = (whole: number): number => Math.max(1, Math.floor(whole / 2));

/** Which limit is reached: the client's or the server's. */
export type Shortage = 'client' | 'server';

export interface SlotLimits {
  /** Slots in total and per client. */
  readonly most: number;
  readonly mostPerClient: number;
  /** Bytes of all slots, in total and per client; undefined: no limit. */
  readonly bytes?: number;
  readonly bytesPerClient?: number;
  /** Waiters in total and per client, and how long each may wait. */
  readonly waiting: number;
  readonly waitingPerClient: number;
  readonly waitMs: number;
}

export interface Slot {
  /** Adds bytes; returns the limit they exceed, if any. */
  grow(bytes: number): Shortage | null;
  /** Idempotent. */
  release(): void;
}

interface Waiter {
  readonly client: string;
  readonly bytes: number;
  readonly admit: () => void;
}

export type Slots = ReturnType<typeof createSlots>;

/**
 * A semaphore with per-client limits and a bounded queue with a time-out. First come, first served, except that a waiter
 * at its own limit does not block others.
 */
export const createSlots = (limits: SlotLimits, refuse: (shortage: Shortage) => Error) => {
  const { bytes: mostBytes = Number.POSITIVE_INFINITY, bytesPerClient = Number.POSITIVE_INFINITY } = limits;
  const all = { count: 0, bytes: 0 };
  const clients = new Map<string, { count: number; bytes: number }>();
  const waiters = new Set<Waiter>();

  const shortageFor = (client: string, bytes: number): Shortage | null => {
    const own = clients.get(client) ?? { count: 0, bytes: 0 };
    if (own.count >= limits.mostPerClient || own.bytes + bytes > bytesPerClient) return 'client';
    if (all.count >= limits.most || all.bytes + bytes > mostBytes) return 'server';
    return null;
  };

  const occupy = (client: string, bytes: number): Slot => {
    const own = clients.get(client) ?? { count: 0, bytes: 0 };
    clients.set(client, own);
    const add = (count: number, more: number): void => {
      for (const tally of [all, own]) {
        tally.count += count;
        tally.bytes += more;
      }
    };
    let occupied = bytes;
    let released = false;
    add(1, occupied);
    return {
      grow(more) {
        occupied += more;
        add(0, more);
        if (own.bytes > bytesPerClient) return 'client';
        return all.bytes > mostBytes ? 'server' : null;
      },
      release() {
        if (released) return;
        released = true;
        add(-1, -occupied);
        if (own.count === 0) clients.delete(client);
        for (const waiter of waiters) if (shortageFor(waiter.client, waiter.bytes) === null) waiter.admit();
      },
    };
  };

  const queue = (client: string, bytes: number, signal: AbortSignal): Promise<Slot> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        client,
        bytes,
        admit() {
          leave();
          resolve(occupy(client, bytes));
        },
      };
      const timer = setTimeout(() => {
        leave();
        reject(refuse(shortageFor(client, bytes) ?? 'server'));
      }, limits.waitMs);
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort);
    });

  return {
    /** Rejects with the error of `refuse` for the reached limit, or with the signal's reason. */
    async take(client: string, bytes: number, signal: AbortSignal): Promise<Slot> {
      signal.throwIfAborted();
      const shortage = shortageFor(client, bytes);
      if (shortage === null) return occupy(client, bytes);
      const own = [...waiters].filter((waiter) => waiter.client === client).length;
      if (own >= limits.waitingPerClient) throw refuse('client');
      if (waiters.size >= limits.waiting) throw refuse('server');
      return queue(client, bytes, signal);
    },
    /** Waiters in order, each with the limit it is waiting for. */
    waiting: (): { readonly client: string; readonly shortage: Shortage }[] =>
      [...waiters].map(({ client, bytes }) => ({ client, shortage: shortageFor(client, bytes) ?? 'server' })),
  };
};
