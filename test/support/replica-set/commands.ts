import type { mongo } from 'mongoose';
import { listsOf, type Message, plain } from './wire.ts';

/** A command that a member received. */
export interface RecordedCommand {
  readonly name: string;
  readonly member: number;
  readonly isPrimary: boolean;
  readonly collection: string;
  /** Without the lists that were sent apart; numbers are plain. */
  readonly body: mongo.BSON.Document;
  /** Documents of an insert, `{q, u, multi}` of an update, `{q, limit}` of a delete; empty for others. */
  readonly operations: readonly mongo.BSON.Document[];
}

export type CommandListener = (command: RecordedCommand) => void;

/** Counts commands by name and by member, and shows each to listeners before it is executed. */
export class Commands {
  readonly #listeners = new Set<CommandListener>();
  #counts: Record<string, number>[] = [];

  constructor(members: number) {
    this.#counts = Array.from({ length: members }, () => ({}));
  }

  /** Commands so far of one name, or of one member, or both; those of the driver's monitoring are `hello`. */
  count(name?: string, member?: number): number {
    const members = member === undefined ? this.#counts : [this.#counts[member] ?? {}];
    const numbers = members.flatMap((counts) => (name === undefined ? Object.values(counts) : [counts[name] ?? 0]));
    return numbers.reduce((sum, count) => sum + count, 0);
  }

  byName(): Record<string, number> {
    const names = new Set(this.#counts.flatMap((counts) => Object.keys(counts)));
    return Object.fromEntries([...names].map((name) => [name, this.count(name)]));
  }

  byMember(): readonly Readonly<Record<string, number>>[] {
    return this.#counts.map((counts) => ({ ...counts }));
  }

  reset(): void {
    this.#counts = this.#counts.map(() => ({}));
  }

  /** @returns stops listening */
  listen(listener: CommandListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  record(name: string, member: number, isPrimary: boolean, message: Message): void {
    const counts = this.#counts[member];
    if (counts !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    if (this.#listeners.size === 0) return;
    const [operations = []] = Object.values(listsOf(message));
    const command = { name, member, isPrimary, collection: String(message.body[name]), operations };
    for (const listener of this.#listeners) listener({ ...command, body: plain(message.body) });
  }
}
