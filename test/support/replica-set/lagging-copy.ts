import type { mongo } from 'mongoose';
import { type Backend, BackendConnection } from './backend.ts';

/** Writes that may wait to be copied. */
const LONGEST_BACKLOG = 20_000;

interface Write {
  readonly body: mongo.BSON.Document;
  readonly sections: readonly Buffer[];
  readonly dueAt: number;
}

export const copyOf = (database: string): string => `${database}_copy`;

/**
 * What the secondaries have: a second database on the engine, which gets every write `lagMs` after the first. It stands
 * still while there is no majority.
 */
export class LaggingCopy {
  readonly lagMs: number;
  readonly #connection: BackendConnection;
  readonly #backlog: Write[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stands = false;
  #closed = false;

  constructor(backend: Backend, lagMs: number) {
    this.lagMs = lagMs;
    this.#connection = new BackendConnection(backend);
  }

  add(body: mongo.BSON.Document, sections: readonly Buffer[]): void {
    if (this.#backlog.length >= LONGEST_BACKLOG) throw new Error('The lagging copy has too many writes to catch up on');
    const copied = { ...body, $db: copyOf(String(body.$db)) };
    this.#backlog.push({ body: copied, sections, dueAt: performance.now() + this.lagMs });
    this.#wait();
  }

  /** While it stands, the copy stays as it is. */
  stand(stands: boolean): void {
    this.#stands = stands;
    this.#wait();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  #wait(): void {
    const [next] = this.#backlog;
    clearTimeout(this.#timer);
    if (next === undefined || this.#stands || this.#closed) return;
    this.#timer = setTimeout(() => this.#apply(), Math.max(0, next.dueAt - performance.now()));
  }

  /** The connection keeps the order of the writes, so none waits for the answer of the one before. */
  #apply(): void {
    while (this.#backlog.length > 0 && (this.#backlog[0]?.dueAt ?? 0) <= performance.now()) {
      const write = this.#backlog.shift();
      // What fails at the first database, such as a duplicate key, fails here too.
      if (write !== undefined) this.#connection.run(write.body, write.sections).catch(() => undefined);
    }
    this.#wait();
  }
}
