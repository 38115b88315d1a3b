import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tenantOfRequest } from '../requests/tenant.ts';
import { isFinal } from '../requests/transitions.ts';
import type { ListedRequest } from './listing.ts';
import { summaryOf } from './status.ts';

/** A snapshot of a request's state. */
export interface WatchedState {
  /** Derived from the state: the same on every instance, and different after every change. */
  readonly id: string;
  /** {@link summaryOf} as JSON, serialized once for all subscribers. */
  readonly data: string;
  readonly final: boolean;
}

export interface Watcher {
  /** Called with the current state, then with each newer one; a final state is the last call. */
  onState(state: WatchedState): void;
  /** The request does not exist, or no longer; the last call. */
  onGone(): void;
  /** The first state could not be read; the last call. Later read errors are retried without a call. */
  onFailed(error: unknown): void;
}

/**
 * Subscribes the watcher to a request until the returned function is called. A request of another tenant counts as
 * missing.
 */
export type Watch = (tenant: string, requestId: string, watcher: Watcher) => () => void;

export interface ProgressEventsDeps {
  /** Reads those of the requests that exist, at most {@link IDS_PER_QUERY} at a time. */
  readonly read: (requestIds: readonly string[]) => Promise<readonly ListedRequest[]>;
  readonly log: { warn(facts: object, message: string): void };
  readonly everyMs?: number;
}

/** Twice a second: a change made by another instance is reported well within one second. */
const EVERY_MS = 500;
/** Minimum pause between polls of a slow database. */
const PAUSE_MS = 100;
/** Watchers notified between two turns of the event loop. */
const NOTIFIED_PER_TURN = 50;
const IDS_PER_QUERY = 100;

interface Subscription {
  readonly watcher: Watcher;
  /** Number of the last read that had started before the subscription: only a later read may end it. */
  readonly since: number;
  /** Id of the latest state it was notified of. */
  lastId?: string;
}

interface Topic {
  readonly tenant: string;
  state: WatchedState | null;
  readonly subscriptions: Set<Subscription>;
}

/**
 * Watches requests by polling, so that it does not matter which instance changes them. A single loop polls all watched
 * requests together, regardless of the number of watchers, and stops when there are none.
 */
export const createProgressEvents = ({ read, log, everyMs = EVERY_MS }: ProgressEventsDeps): Watch => {
  /** By request and asking tenant, so that no one is notified of another tenant's request. */
  const topics = new Map<string, Topic>();
  /** Keys of topics with a subscription that waits for its first state. */
  const fresh = new Set<string>();
  let reads = 0;
  let readsFailing = false;
  let running = false;
  let wake: () => void = () => {};

  const unsubscribe = (key: string, topic: Topic, subscription: Subscription): void => {
    topic.subscriptions.delete(subscription);
    if (topic.subscriptions.size > 0 || topics.get(key) !== topic) return;
    topics.delete(key);
    fresh.delete(key);
    if (topics.size === 0) wake();
  };

  const notify = (subscription: Subscription, state: WatchedState): void => {
    if (subscription.lastId === state.id) return;
    subscription.lastId = state.id;
    subscription.watcher.onState(state);
  };

  /** Yields to the event loop in between: a request may have thousands of watchers. */
  const notifyAll = async (topic: Topic, state: WatchedState): Promise<void> => {
    for (const [at, subscription] of [...topic.subscriptions].entries()) {
      if (at > 0 && at % NOTIFIED_PER_TURN === 0) await nextTurn();
      if (topic.subscriptions.has(subscription)) notify(subscription, state);
    }
  };

  /** An end that was read before a subscription began does not end it: a retry may have started a new run in between. */
  const finish = (key: string, topic: Topic, state: WatchedState | null, readNumber: number): void => {
    topic.state = null;
    for (const subscription of [...topic.subscriptions]) {
      if (subscription.since >= readNumber) continue;
      unsubscribe(key, topic, subscription);
      if (state === null) subscription.watcher.onGone();
      else notify(subscription, state);
    }
    if (topic.subscriptions.size > 0) fresh.add(key);
  };

  const failWaiting = (error: unknown): void => {
    for (const [key, topic] of [...topics]) {
      for (const subscription of [...topic.subscriptions]) {
        if (subscription.lastId !== undefined) continue;
        unsubscribe(key, topic, subscription);
        subscription.watcher.onFailed(error);
      }
    }
  };

  const poll = async (keys: readonly string[]): Promise<void> => {
    reads += 1;
    const readNumber = reads;
    const found = new Map((await read(keys.map(requestIdOf))).map((request) => [request._id, request]));
    for (const key of keys) {
      const topic = topics.get(key);
      if (topic === undefined) continue;
      const request = found.get(requestIdOf(key));
      const state = request === undefined || tenantOfRequest(request) !== topic.tenant ? null : stateOf(request);
      if (state === null || state.final) finish(key, topic, state, readNumber);
      else {
        topic.state = state;
        await notifyAll(topic, state);
      }
    }
  };

  const pollAll = async (keys: readonly string[]): Promise<void> => {
    try {
      for (let from = 0; from < keys.length; from += IDS_PER_QUERY) await poll(keys.slice(from, from + IDS_PER_QUERY));
      readsFailing = false;
    } catch (error) {
      if (!readsFailing) log.warn({ err: error }, 'watched requests cannot be read; retrying');
      readsFailing = true;
      failWaiting(error);
    }
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let due = performance.now() + everyMs;
    while (topics.size > 0) {
      const all = performance.now() >= due;
      const keys = all ? [...topics.keys()] : [...fresh];
      fresh.clear();
      const startedAt = performance.now();
      if (keys.length > 0) await pollAll(keys);
      // Pause for at least as long as the poll took, so that notifying uses at most half of the time.
      const took = performance.now() - startedAt;
      if (all) due = Math.max(startedAt + everyMs, performance.now() + Math.max(PAUSE_MS, took));
      if (fresh.size === 0 && topics.size > 0) await sleep(Math.max(0, due - performance.now()));
    }
    running = false;
  };

  return (tenant, requestId, watcher) => {
    const key = `${requestId} ${tenant}`;
    const topic = topics.get(key) ?? { tenant, state: null, subscriptions: new Set<Subscription>() };
    topics.set(key, topic);
    const subscription: Subscription = { watcher, since: reads };
    topic.subscriptions.add(subscription);
    if (topic.state !== null) notify(subscription, topic.state);
    else {
      fresh.add(key);
      wake();
    }
    if (!running) {
      running = true;
      void run();
    }
    return () => unsubscribe(key, topic, subscription);
  };
};

const requestIdOf = (key: string): string => key.slice(0, key.indexOf(' '));

const ID_CHARACTERS = 16;

const stateOf = (request: ListedRequest): WatchedState => {
  const data = JSON.stringify(summaryOf(request));
  const id = createHash('sha256').update(data).digest('base64url').slice(0, ID_CHARACTERS);
  return { id, data, final: isFinal(request.state) };
};
