import type { mongo } from 'mongoose';

/** Sessions remembered; a server forgets a session after 30 minutes, a driver has as many as it has calls at a time. */
const SESSIONS = 2_000;

/** `stale`: a later write of the session was made already, so the server no longer knows this one. */
export type Remembered =
  | { readonly kind: 'new' | 'stale' }
  | { readonly kind: 'done'; readonly reply: Promise<Buffer> };

interface LastWrite {
  readonly number: bigint;
  readonly reply: Promise<Buffer>;
}

/**
 * Retryable writes: the last write of each session with its reply, which is what `config.transactions` keeps. A write that
 * is sent again is not made again.
 */
export class Sessions {
  readonly #last = new Map<string, LastWrite>();

  /** The session and number of a write that the driver may send again; null if it will not. */
  static keyOf({ lsid, txnNumber }: mongo.BSON.Document): { session: string; number: bigint } | null {
    if (txnNumber === undefined) return null;
    return { session: lsid.id.toString('hex'), number: BigInt(txnNumber.toString()) };
  }

  find({ session, number }: { session: string; number: bigint }): Remembered {
    const last = this.#last.get(session);
    if (last === undefined || last.number < number) return { kind: 'new' };
    return last.number === number ? { kind: 'done', reply: last.reply } : { kind: 'stale' };
  }

  remember({ session, number }: { session: string; number: bigint }, reply: Promise<Buffer>): void {
    // Set anew, so that the oldest session is the first of the map.
    this.#last.delete(session);
    this.#last.set(session, { number, reply });
    const [oldest] = this.#last.keys();
    if (this.#last.size > SESSIONS && oldest !== undefined) this.#last.delete(oldest);
  }
}
