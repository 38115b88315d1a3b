import { createScheduler } from '../../src/dispatch/scheduler.ts';
import type { SchedulerAction, SchedulerEvent, SchedulerQuery } from '../../src/dispatch/scheduling/events.ts';
import type { ImageResult } from '../../src/images/task.ts';
import type { ClaimedImage } from '../../src/requests/image-store.ts';
import { type ActiveRequest, ALL_IDS } from '../../src/requests/request-store.ts';
import { isSmall } from '../../src/requests/transitions.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';

import {
  countReturn,
  giveBack,
  nextDue,
  nextTime,
  type VirtualHost,
  type VirtualImage,
  type VirtualRequest,
} from './virtual-requests.ts';

const completed: ImageResult = {
  ...{ ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] },
  timings: { download: 0, encode: 0, store: 0 },
};

export interface VirtualRun {
  readonly requestId: string;
  readonly url: string;
  readonly at: number;
  readonly attempts: number;
  /** Claims that were being given back when it started. */
  readonly requeueing: number;
}

export interface WorldSettings {
  readonly capacity?: number;
  readonly most?: number;
  readonly connections?: number;
  /** How long a download takes, and what comes of the image; called when its permit is granted. */
  readonly process?: (run: VirtualRun) => { downloadMs: number; encodeMs: number; result?: ImageResult };
  /** How long a failed image waits for its next attempt. */
  readonly retryMs?: number;
  readonly storageWorks?: (at: number) => boolean;
  readonly databaseWorks?: (at: number) => boolean;
}

const QUERY_MS = 2;

/** The rest of the service around a scheduler, in virtual time: database, hosts and pool, without any wait. */
export const createVirtualWorld = (settings: WorldSettings = {}) => {
  const { capacity = 24, most = capacity * 2, connections = 6, retryMs = 1_000 } = settings;
  const process: NonNullable<WorldSettings['process']> = settings.process ?? (() => ({ downloadMs: 50, encodeMs: 50 }));
  const { storageWorks = () => true, databaseWorks = () => true } = settings;
  const scheduler = createScheduler({
    ...{ capacity, most, connections: () => connections, maxConsecutiveThrottles: 5, maxAttempts: 5 },
  });
  const requests = new Map<string, VirtualRequest>();
  const running = new Map<string, { readonly image: VirtualImage; readonly request: VirtualRequest }>();
  const finishedAt = new Map<string, number>();
  const grants: VirtualRun[] = [];
  const asked: Record<SchedulerQuery['type'], number> = {
    ...{ 'read requests': 0, 'read due': 0, claim: 0, cancel: 0, 'check storage': 0, recover: 0, wait: 0 },
  };
  /** What happens later, by time: buckets of one millisecond, and the times in order. */
  const later = new Map<number, (() => void)[]>();
  /** Requeues that are not written yet. */
  const requeueing = new Set<SchedulerAction>();
  let time = 0;
  let isAsking = false;
  let mostInFlight = 0;
  let nextId = 0;
  let checks = 0;

  const at = (when: number, what: () => void): void => {
    const bucket = later.get(Math.ceil(when)) ?? [];
    bucket.push(what);
    later.set(Math.ceil(when), bucket);
  };

  const handle = (event: SchedulerEvent): void => {
    for (const action of scheduler.handle(event, time)) carryOut(action);
    mostInFlight = Math.max(mostInFlight, scheduler.inFlight);
  };

  const end = (imageId: string, dueInMs: number | null): void => {
    const run = running.get(imageId);
    if (run === undefined) throw new Error(`${imageId} ended twice`);
    running.delete(imageId);
    if (dueInMs === null) run.request.unfinished -= 1;
    else giveBack(run.request, { ...run.image, dueAt: time + dueInMs });
    handle({ type: 'ended', imageId, dueInMs });
  };

  const grant = (imageId: string): void => {
    const run = running.get(imageId);
    if (run === undefined) throw new Error(`${imageId} was granted and is not running`);
    const { _id: requestId } = run.request.request;
    const { url, attempts } = run.image;
    const facts = { requestId, url, at: time, attempts, requeueing: requeueing.size };
    grants.push(facts);
    const { downloadMs, encodeMs, result = completed } = process(facts);
    at(time + downloadMs, () => handle({ type: 'downloaded', imageId }));
    at(time + downloadMs + encodeMs, () => {
      handle({ type: 'processed', imageId, result });
      if (result.ok || !result.retryable) return end(imageId, null);
      run.image.reports += 1;
      // As decideOutcome has it: a store that takes nothing costs no attempt.
      if (result.code === 'storage_failed') run.image.attempts -= 1;
      return end(imageId, result.retryAfterMs ?? retryMs);
    });
  };

  const carryOut = (action: SchedulerAction): void => {
    if (action.type === 'run') {
      const { _id: imageId } = action.image;
      handle({ type: 'permit needed', imageId });
    } else if (action.type === 'grant') grant(action.imageId);
    else if (action.type === 'refuse') at(time, () => end(action.imageId, 0));
    else if (action.type === 'requeue') {
      for (const { _id } of action.images) {
        const run = running.get(_id);
        running.delete(_id);
        if (run !== undefined) giveBack(run.request, { ...run.image, attempts: run.image.attempts - 1, dueAt: time });
      }
      at(time + QUERY_MS, () => {
        requeueing.delete(action);
        handle({ type: 'requeued' });
      });
      requeueing.add(action);
    } else if (action.type === 'mark started') {
      at(time + QUERY_MS, () => handle({ type: 'requests started', requestIds: action.requestIds }));
    } else if (action.type === 'complete') {
      const { requests: batch } = action;
      checks += 1;
      at(time + QUERY_MS, () => {
        for (const request of batch) complete(request);
      });
    }
  };

  const complete = (request: ActiveRequest): void => {
    const works = databaseWorks(time);
    if (!works) handle({ type: 'database failed' });
    const hasFinished = works && requests.get(request._id)?.unfinished === 0;
    if (hasFinished) {
      requests.delete(request._id);
      finishedAt.set(request._id, time);
    }
    handle({ type: 'completion decided', request, hasFinished });
  };

  /** Takes images as claimer.ts does: requeued ones first, then fresh ones, as far as their hosts have capacity. */
  const claimOf = (request: VirtualRequest, wanted: number, capacities: Map<string, number>) => {
    const images: ClaimedImage[] = [];
    const saturated = new Set<string>();
    const pick = (url: string): boolean => {
      const host = new URL(url).origin;
      const left = capacities.get(host) ?? scheduler.available(host, time);
      capacities.set(host, left - 1);
      if (left <= 0) saturated.add(host);
      return left > 0;
    };
    const take = (image: VirtualImage): void => {
      nextId += 1;
      const imageId = `${nextId}`;
      const claimed = { ...image, attempts: image.attempts + 1 };
      running.set(imageId, { image: claimed, request });
      const { attempts, reports, url: inputUrl } = claimed;
      const requestId = request.request._id;
      images.push({ _id: imageId, requestId, seq: nextId, inputUrl, attempts, reports, leaseToken: 't' });
    };
    for (const image of [...request.requeued]) {
      if (images.length >= wanted) break;
      if (image.dueAt > time || !pick(image.url)) continue;
      request.requeued.splice(request.requeued.indexOf(image), 1);
      take(image);
    }
    for (const host of request.fresh) {
      while (host.left > 0 && images.length < wanted && pick(host.url)) {
        host.left -= 1;
        take({ url: host.url, attempts: 0, reports: 0, dueAt: 0 });
      }
    }
    const more = images.length >= wanted;
    const dueInMs = Math.min(...request.requeued.map(({ dueAt }) => dueAt - time).filter((ms) => ms > 0));
    const unfinished = isSmall(request.request) ? request.unfinished : null;
    return { images, left: { unfinished, more, saturatedHosts: more ? [] : [...saturated], dueInMs } };
  };

  const claim = (of: readonly ActiveRequest[], wanted: number): SchedulerEvent => {
    const capacities = new Map<string, number>();
    const images: ClaimedImage[] = [];
    const left = new Map();
    for (const { _id } of of) {
      const request = requests.get(_id);
      if (request === undefined) continue;
      const share = of.length === 1 ? wanted : Math.max(1, Math.ceil(wanted / of.length));
      const claimed = claimOf(request, Math.min(share, wanted - images.length), capacities);
      images.push(...claimed.images);
      left.set(_id, {
        ...claimed.left,
        more: claimed.left.more || (claimed.images.length > 0 && !isSmall(request.request)),
      });
    }
    return { type: 'claimed', images, left };
  };

  const answer = (query: Exclude<SchedulerQuery, { type: 'wait' }>, askedAt: number): SchedulerEvent => {
    if (query.type === 'check storage') return { type: 'storage checked', ok: storageWorks(time) };
    if (!databaseWorks(time)) return { type: 'database failed' };
    if (query.type === 'recover') return { type: 'database recovered' };
    if (query.type === 'claim') return claim(query.requests, query.wanted);
    if (query.type === 'read requests') {
      const active = [...requests.values()].map(({ request }) => request);
      return { type: 'requests read', requests: active, range: ALL_IDS, askedAt };
    }
    if (query.type === 'read due') {
      const dueInMs = new Map(query.requestIds.flatMap((id) => nextDue(requests.get(id), time)));
      return { type: 'due read', asked: query.requestIds, dueInMs, tookMs: QUERY_MS };
    }
    const request = requests.get(query.request._id);
    const waiting = request === undefined ? 0 : request.requeued.length + request.fresh.reduce((n, h) => n + h.left, 0);
    if (request !== undefined) {
      request.requeued.length = 0;
      for (const host of request.fresh) host.left = 0;
      request.unfinished -= waiting;
    }
    return { type: 'cancelled', requestId: query.request._id, images: waiting };
  };

  const ask = (): number => {
    if (isAsking) return Number.POSITIVE_INFINITY;
    const query = scheduler.next(time);
    asked[query.type] += 1;
    if (query.type === 'wait') return query.until;
    isAsking = true;
    const askedAt = time;
    at(time + QUERY_MS, () => {
      isAsking = false;
      handle(answer(query, askedAt));
    });
    return Number.POSITIVE_INFINITY;
  };

  return {
    scheduler,
    requests,
    grants,
    asked,
    finishedAt,
    running,
    handle,
    now: () => time,
    mostInFlight: () => mostInFlight,
    /** How often it was asked whether requests have ended. */
    checks: () => checks,
    /** As another instance does. */
    giveBack(requestId: string, image: { dueAt: number }, dueAt: number): void {
      const of = requests.get(requestId);
      image.dueAt = dueAt;
      if (of !== undefined) countReturn(of);
    },
    add(id: string, hosts: readonly VirtualHost[], more: Partial<VirtualImage> = {}): void {
      const total = hosts.reduce((sum, { images }) => sum + images, 0);
      const request: ActiveRequest = {
        ...{ _id: id, state: 'queued', run: 1, options: { quality: 50, format: 'jpeg' }, total, counters: NO_COUNTS },
      };
      const isFresh = more.attempts === undefined;
      const requeued = hosts.flatMap(({ url, images }) =>
        Array.from({ length: images }, () => ({ url, attempts: 0, reports: 0, dueAt: 0, ...more })),
      );
      requests.set(id, {
        request,
        fresh: isFresh ? hosts.map(({ url, images }) => ({ url, left: images })) : [],
        requeued: isFresh ? [] : requeued,
        unfinished: total,
        made: total,
      });
      handle({ type: 'request added', request });
    },
    /** Lets time pass until the condition holds, at most until `limit`. */
    runUntil(isDone: () => boolean, limit: number): void {
      while (!isDone()) {
        const until = ask();
        const next = nextTime(later, time, until);
        if (next > limit) throw new Error(`not done at ${limit} ms: ${JSON.stringify(asked)}`);
        time = Math.max(time, next);
        const bucket = later.get(time);
        later.delete(time);
        for (const what of bucket ?? []) what();
      }
    },
  };
};
