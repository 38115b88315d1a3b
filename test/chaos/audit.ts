import type { mongo } from 'mongoose';
import type { ProxyHooks, WriteCommand, WriteReply } from '../support/servers/database-proxy.ts';

export interface Claim {
  readonly slot: number;
  /** By performance.now(). */
  readonly at: number;
}

/** The database's own replies to the writes of all instances, independent of what an instance assumes or logs. */
export interface Audit {
  /** Number of images changed by writes with an outcome. */
  readonly settled: () => number;
  /** Per request, how often the database applied the write that finishes it. */
  readonly finishes: ReadonlyMap<string, number>;
  /** Lease tokens that this instance has set on images. */
  readonly tokensOf: (slot: number) => ReadonlySet<string>;
  /** Claims of an image in the order in which they were sent, whether or not the database granted them. */
  readonly claimsOf: (imageId: string) => readonly Claim[];
  /** Outcomes and releases under a lease token of this instance: sent, and applied by the database. */
  readonly writesOf: (slot: number) => { sent: number; applied: number };
  readonly hooks: (slot: number) => ProxyHooks;
}

/** What tells a write from others. */
type Operations = Pick<WriteCommand, 'name' | 'collection' | 'operations'>;

/** One operator of an update command: what it sets, increments or removes. */
const stepOf = (operation: mongo.BSON.Document | undefined, step: '$set' | '$inc' | '$unset'): mongo.BSON.Document =>
  operation?.u?.[step] ?? {};

/** Recognizes an update by its first operation; all operations of a command are of the same kind. */
const update =
  (collection: string, step: Parameters<typeof stepOf>[1], fits: (fields: mongo.BSON.Document) => boolean) =>
  (command: Operations): boolean =>
    command.name === 'update' && command.collection === collection && fits(stepOf(command.operations[0], step));

export const isInsert =
  (collection: string) =>
  (command: Operations): boolean =>
    command.name === 'insert' && command.collection === collection;

export const isActivate = update('requests', '$set', ({ state }) => state === 'queued');
export const isClaim = update('images', '$set', ({ leaseToken }) => leaseToken !== undefined);
export const isMarkStarted = update('requests', '$set', ({ state }) => state === 'processing');
export const isSettle = update('images', '$set', ({ settledBy }) => settledBy !== undefined);
/** An image is given back under its lease token: not started, or its lease was found lost. */
export const isRelease = update('images', '$inc', ({ attempts, reports }) => attempts === -1 && reports === undefined);
export const isCount = update('requests', '$inc', (fields) => fields['counters.completed'] !== undefined);
export const isFinish = update('requests', '$set', ({ eventPending }) => eventPending === true);
export const isEventSettled = update('requests', '$unset', ({ eventPending }) => eventPending !== undefined);
export const isDeliveryClaim = update('deliveries', '$set', ({ leaseToken }) => leaseToken !== undefined);
export const isDelivered = update('deliveries', '$set', ({ state }) => state === 'delivered');

export const createAudit = (): Audit => {
  const finishes = new Map<string, number>();
  const tokens = new Map<number, Set<string>>();
  const claims = new Map<string, Claim[]>();
  const writes = new Map<number, { sent: number; applied: number }>();
  const seen = new Set<string>();
  let settled = 0;

  const tokensOf = (slot: number): Set<string> => {
    const known = tokens.get(slot) ?? new Set();
    tokens.set(slot, known);
    return known;
  };
  const writesOf = (slot: number) => {
    const known = writes.get(slot) ?? { sent: 0, applied: 0 };
    writes.set(slot, known);
    return known;
  };

  const recordClaim = (slot: number, { operations: [operation] }: WriteCommand): void => {
    tokensOf(slot).add(String(stepOf(operation, '$set').leaseToken));
    const claim = { slot, at: performance.now() };
    for (const id of operation?.q?._id?.$in ?? []) claims.set(id, [...(claims.get(id) ?? []), claim]);
  };

  const recordReply = (slot: number, command: WriteCommand, reply: WriteReply): void => {
    // The driver retries a write whose reply was lost, and the database repeats its reply.
    if (command.retryKey !== null && seen.has(command.retryKey)) return;
    if (command.retryKey !== null) seen.add(command.retryKey);
    if (isSettle(command)) {
      settled += reply.nModified;
    }
    if (isSettle(command) || isRelease(command)) {
      writesOf(slot).sent += command.operations.length;
      writesOf(slot).applied += reply.n;
    }
    if (isFinish(command) && reply.nModified === 1) {
      const requestId = String(command.operations[0]?.q?._id);
      finishes.set(requestId, (finishes.get(requestId) ?? 0) + 1);
    }
  };

  return {
    settled: () => settled,
    finishes,
    tokensOf,
    claimsOf: (imageId) => claims.get(imageId) ?? [],
    writesOf,
    hooks: (slot) => ({
      onCommand(command) {
        if (isClaim(command)) recordClaim(slot, command);
        return 'pass';
      },
      onReply(command, reply) {
        recordReply(slot, command, reply);
        return 'pass';
      },
    }),
  };
};
