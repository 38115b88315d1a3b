/** What one client may have of a whole; at least one. */
export const halfOf = (whole: number): number => Math.max(1, Math.floor(whole / 2));

/** Which limit stands in the way: the client's own share, or what there is for all together. */
export type Shortage = 'client' | 'server';

export interface SlotLimits {
  /** Slots in all, and of one client. */
  readonly most: number;
  readonly mostPerClient: number;
  /** Bytes of all slots together, and of one client's; left out: no limit. */
  readonly bytes?: number;
  readonly bytesPerClient?: number;
  /** Who may wait for a slot, in all and of one client, and for how long. */
  readonly waiting: number;
  readonly waitingPerClient: number;
  readonly waitMs: number;
}

export interface Slot {
  /** Counts bytes on top of those it was taken for; says which limit they pass, if any. */
  grow(bytes: number): Shortage | null;
  /** Again is fine. */
  release(): void;
}

interface Waiter {
  readonly client: string;
  readonly bytes: number;
  readonly admit: () => void;
}

export type Slots = ReturnType<typeof createSlots>;

/**
 * Slots for something that each client may have a share of, with a bounded queue in front whose waits have an end.
 * First come, first served, but whoever must wait holds up nobody who need not.
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
    let held = bytes;
    let released = false;
    add(1, held);
    return {
      grow(more) {
        held += more;
        add(0, more);
        if (own.bytes > bytesPerClient) return 'client';
        return all.bytes > mostBytes ? 'server' : null;
      },
      release() {
        if (released) return;
        released = true;
        add(-1, -held);
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
    /** Rejects with what `refuse` makes of the limit in the way, or with the signal's reason. */
    async take(client: string, bytes: number, signal: AbortSignal): Promise<Slot> {
      signal.throwIfAborted();
      const shortage = shortageFor(client, bytes);
      if (shortage === null) return occupy(client, bytes);
      const own = [...waiters].filter((waiter) => waiter.client === client).length;
      if (own >= limits.waitingPerClient) throw refuse('client');
      if (waiters.size >= limits.waiting) throw refuse('server');
      return queue(client, bytes, signal);
    },
    /** Those who wait, first come first, each with what it waits for. */
    waiting: (): { readonly client: string; readonly shortage: Shortage }[] =>
      [...waiters].map(({ client, bytes }) => ({ client, shortage: shortageFor(client, bytes) ?? 'server' })),
  };
};
