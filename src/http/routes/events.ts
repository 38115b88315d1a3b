import type { RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { Watch, WatchedState } from '../../results/progress-events.ts';
import { addTo } from '../../tally.ts';
import { clientOf, tenantOf } from '../client.ts';
import { requestId } from '../parameters/reads.ts';
import { type EventStream, openEventStream, type ServerSentEvent } from '../readers/event-stream.ts';
import { createRoutes } from '../routing.ts';
import type { Stopping } from '../stopping.ts';

export interface EventRoutesDeps {
  readonly watch: Watch;
  readonly stopping: Pick<Stopping, 'begun'>;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly heartbeatMs?: number;
  readonly stallMs?: number;
  /** Connections of this instance. */
  readonly maxListeners?: number;
  readonly maxListenersPerClient?: number;
}

const HEARTBEAT_MS = 15_000;
const STALL_MS = 60_000;
export const MAX_LISTENERS = 10_000;
/** A fifth of them, so that no client can take all. */
const MAX_LISTENERS_PER_CLIENT = 2_000;
/** Spreads the reconnects of clients that were all disconnected by a restart. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 2_000;

/**
 * `GET /api/events/:requestId`: `progress` with each new state, and `end` with the final one.
 * During shutdown a stream is opened and closed immediately: browsers reconnect after that, but never after a 503.
 */
export const eventRoutes = (deps: EventRoutesDeps): Router => {
  const {
    watch,
    stopping,
    random,
    heartbeatMs = HEARTBEAT_MS,
    stallMs = STALL_MS,
    maxListeners = MAX_LISTENERS,
    maxListenersPerClient = MAX_LISTENERS_PER_CLIENT,
  } = deps;
  let listeners = 0;
  const listenersOf = new Map<string, number>();
  const open = new Set<EventStream>();
  stopping.begun.addEventListener('abort', () => {
    for (const stream of open) stream.cut();
  });

  const events: RequestHandler = (req, res, next) => {
    const { success, data: id } = requestId.safeParse(req.params.requestId);
    if (!success) throw new AppError('request_not_found');
    const client = clientOf(req, res);
    const own = listenersOf.get(client) ?? 0;
    if (own >= maxListenersPerClient) {
      throw new AppError('too_many_reads', `You already have ${own} event streams open. Close some of them first.`);
    }
    if (listeners >= maxListeners) throw new AppError('too_many_listeners');
    const known = req.get('last-event-id');
    let stream: EventStream | null = null;
    let leave = (): void => {};
    listeners += 1;
    addTo(listenersOf, client, 1);

    const start = (): EventStream => {
      const opened = openEventStream(res, {
        ...{ heartbeatMs, stallMs, retryMs: Math.round(RETRY_FROM_MS + RETRY_SPREAD_MS * random()) },
        onClose: () => open.delete(opened),
      });
      open.add(opened);
      return opened;
    };

    res.once('close', () => {
      listeners -= 1;
      addTo(listenersOf, client, -1);
      leave();
    });
    leave = watch(tenantOf(res), id.toLowerCase(), {
      onState(state) {
        const first = stream === null;
        stream ??= start();
        if (state.final) stream.end(eventOf('end', state));
        else if (req.method === 'HEAD' || stopping.begun.aborted) stream.end();
        else if (!first || state.id !== known) stream.send(eventOf('progress', state));
      },
      onGone() {
        if (stream === null) next(new AppError('request_not_found'));
        else stream.end();
      },
      onFailed: next,
    });
  };

  return createRoutes([['/api/events/:requestId', { get: events }]]);
};

const eventOf = (event: string, { id, data }: WatchedState): ServerSentEvent => ({ event, id, data });
