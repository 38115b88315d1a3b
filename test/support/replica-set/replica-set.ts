import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import type { Backend } from './backend.ts';
import { Commands } from './commands.ts';
import { Election } from './election.ts';
import type { Faults } from './faults.ts';
import { LaggingCopy } from './lagging-copy.ts';
import { Member, type SharedState } from './member.ts';
import { Sessions } from './sessions.ts';

export type { RecordedCommand } from './commands.ts';

export interface ReplicaSetOptions {
  /** Single server that keeps the data. */
  readonly backend: Backend;
  /** Default: 3. */
  readonly members?: number;
  /**
   * How much older the data of secondaries is, in milliseconds; they then have a copy, which stands still while there is
   * no majority, and which reads with the concern `majority` see meanwhile. Default: 0, and all see the same.
   */
  readonly lagMs?: number;
}

export interface ReplicaSet {
  /** URI of a database of the set, with further options. */
  uri(database: string, options?: Readonly<Record<string, string>>): string;
  /** The primary steps down, as in a planned election; resolves when there is another. */
  stepDown(electionMs: number): Promise<void>;
  /** The primary dies, and comes back as a secondary `downMs` after the election of another; resolves then. */
  crash(electionMs: number, downMs: number): Promise<void>;
  /** The secondaries replicate no more: writes are made and are not acknowledged by a majority. */
  loseMajority(): void;
  regainMajority(): void;
  /** Index of the primary; null during an election. */
  readonly primary: () => number | null;
  readonly commands: Commands;
  readonly faults: Readonly<Faults>;
  close(): Promise<void>;
}

/** MongoDB 7.0, in the numbers of the wire protocol. */
const WIRE_VERSION = 21;

/**
 * A replica set in front of a single server: it elects, steps down, crashes, lags and loses its majority as MongoDB's does,
 * replays retryable writes, and lets secondaries refuse what they must not answer.
 *
 * It does not roll back: what a crashed primary had written alone is kept. Transactions and sessions with causal
 * consistency are those of the single server. Hello is answered at once, so drivers poll it.
 */
export const startReplicaSet = async ({ backend, members = 3, lagMs = 0 }: ReplicaSetOptions): Promise<ReplicaSet> => {
  const closing = new AbortController();
  const election = new Election();
  const commands = new Commands(members);
  const faults: Faults = {
    ...{ refused: 0, replayed: 0, interrupted: 0, unanswered: 0, unreplicated: 0, secondaryReads: 0 },
  };
  const copy = lagMs > 0 ? new LaggingCopy(backend, lagMs) : null;
  const all: Member[] = [];
  const hosts = () => all.map(({ port }) => `127.0.0.1:${port}`);

  const hello = (index: number): mongo.BSON.Document => {
    const isPrimary = election.primary === index;
    const electionId = new mongo.ObjectId(`7fffffff${election.term.toString(16).padStart(16, '0')}`);
    return {
      ...{ helloOk: true, ismaster: isPrimary, isWritablePrimary: isPrimary, secondary: !isPrimary },
      ...{ setName: 'rs0', setVersion: 1, hosts: hosts(), me: hosts()[index] },
      ...(election.primary === null ? {} : { primary: hosts()[election.primary] }),
      ...(isPrimary ? { electionId } : {}),
      ...{ maxBsonObjectSize: 16 * 1024 * 1024, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
      ...{ localTime: new Date(), logicalSessionTimeoutMinutes: 30, connectionId: 1, readOnly: false },
      ...{ minWireVersion: 0, maxWireVersion: WIRE_VERSION, ok: 1 },
    };
  };

  const shared: SharedState = { backend, election, sessions: new Sessions(), commands, faults, copy, hello };
  for (let index = 0; index < members; index += 1) all.push(new Member(index, shared));
  await Promise.all(all.map((member) => member.start()));

  /** Ends early, and without an error, when the set is closed. */
  const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal: closing.signal }).catch(() => undefined);

  /** The next member that is up becomes the primary. */
  const elect = async (from: number, electionMs: number): Promise<void> => {
    await sleep(electionMs);
    const order = all.map((_, step) => (from + 1 + step) % members);
    const next = order.find((index) => all[index]?.isUp);
    if (next !== undefined) election.decide(next);
  };

  return {
    commands,
    faults,
    primary: () => election.primary,
    uri(database, options = {}) {
      const query = new URLSearchParams({ replicaSet: 'rs0', ...options });
      return `mongodb://${hosts().join(',')}/${database}?${query}`;
    },
    async stepDown(electionMs) {
      await elect(election.begin(), electionMs);
    },
    async crash(electionMs, downMs) {
      const from = election.begin();
      await all[from]?.crash();
      await elect(from, electionMs);
      await sleep(downMs);
      if (!closing.signal.aborted) await all[from]?.start();
    },
    loseMajority() {
      election.hasMajority = false;
      copy?.stand(true);
    },
    regainMajority() {
      election.hasMajority = true;
      copy?.stand(false);
    },
    async close() {
      closing.abort();
      copy?.close();
      election.close();
      await Promise.all(all.map((member) => member.crash()));
    },
  };
};
