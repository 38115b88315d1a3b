import { createParser } from 'eventsource-parser';
import { ApiError } from './api.ts';
import { isFinal, type Summary } from './types.ts';

export type Connection = 'live' | 'polling' | 'lost';

export interface FollowDeps {
  readonly requestId: string;
  /** Calls the API, with the key if one is needed. */
  readonly call: (path: string, init: RequestInit) => Promise<Response>;
  readonly onProgress: (summary: Summary) => void;
  readonly onConnection: (connection: Connection) => void;
  /** Waits; ends early when the browser is online again or the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Subscribes to the browser's offline event; returns the unsubscribe function. */
  readonly whenOffline?: (then: () => void) => () => void;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** The server sends a comment every 15 s; after this time without data the connection is considered dead. */
  readonly idleTimeoutMs?: number;
}

const IDLE_TIMEOUT_MS = 40_000;
const POLL_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Consecutive streams that end without an event before falling back to polling. */
const MAX_EMPTY_STREAMS = 3;
const POLLS_BEFORE_NEXT_STREAM = 30;

/**
 * Reports the progress of a request until it is finished. Reads server-sent events with fetch, because EventSource cannot
 * send the key in a header. Reconnects with backoff; without a stream (an old server, a buffering proxy) it polls the
 * status every second.
 * @throws ApiError when the request does not exist or the key is invalid
 */
export const followRequest = async (deps: FollowDeps): Promise<void> => {
  const { requestId, onConnection, pause, signal, random = Math.random, idleTimeoutMs = IDLE_TIMEOUT_MS } = deps;
  let lastEventId: string | null = null;
  let failures = 0;
  let streams = true;

  const stream = async (): Promise<boolean> => {
    const quiet = new AbortController();
    let timer = setTimeout(() => quiet.abort(), idleTimeoutMs);
    const stopListening = deps.whenOffline?.(() => quiet.abort());
    try {
      const response = await deps.call(`/api/events/${requestId}`, {
        headers: { Accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'Last-Event-ID': lastEventId }) },
        signal: AbortSignal.any([signal, quiet.signal]),
      });
      onConnection('live');
      let ended = false;
      const parser = createParser({
        onEvent: ({ event, data, id }) => {
          if (id !== undefined) lastEventId = id;
          if (event !== 'progress' && event !== 'end') return;
          failures = 0;
          deps.onProgress(JSON.parse(data) as Summary);
          if (event === 'end') ended = true;
        },
      });
      const reader = response.body?.getReader();
      const decoder = new TextDecoder();
      while (reader !== undefined && !ended) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), idleTimeoutMs);
        parser.feed(decoder.decode(value, { stream: true }));
      }
      void reader?.cancel().catch(() => undefined);
      return ended;
    } finally {
      stopListening?.();
      clearTimeout(timer);
    }
  };

  const poll = async (): Promise<boolean> => {
    const response = await deps.call(`/api/status/${requestId}?limit=1`, { signal });
    const summary = (await response.json()) as Summary;
    failures = 0;
    onConnection('polling');
    deps.onProgress(summary);
    return isFinal(summary);
  };

  for (let polls = 0; !signal.aborted; ) {
    try {
      if (streams ? await stream() : await poll()) return;
      if (streams) failures += 1;
      else polls += 1;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const code = error instanceof ApiError ? error.problem?.code : undefined;
      if (code === 'request_not_found' || code === 'unauthorized') throw error;
      // No response: the connection failed, not the stream.
      if (!(error instanceof ApiError) || error.problem === null || error.problem.status >= 500) {
        onConnection('lost');
      }
      if (code === 'route_not_found') {
        streams = false;
        polls = 0;
        failures = 0;
      }
    }
    if (streams && failures >= MAX_EMPTY_STREAMS) {
      streams = false;
      polls = 0;
    } else if (!streams && polls >= POLLS_BEFORE_NEXT_STREAM) {
      streams = true;
      failures = 0;
    }
    const wait = Math.min(LONGEST_PAUSE_MS, POLL_MS * 2 ** Math.max(0, failures - 1));
    await pause(failures === 0 ? POLL_MS : wait * (0.75 + random() / 2), signal);
  }
};
