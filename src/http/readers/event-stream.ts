import type { ServerResponse } from 'node:http';

export interface ServerSentEvent {
  readonly event: string;
  readonly id: string;
  /** One line. */
  readonly data: string;
}

export interface EventStream {
  /** Sends an event. While the client is slow, only the newest one is kept. */
  send(event: ServerSentEvent): void;
  /** Sends a last event, if any, and closes. */
  end(event?: ServerSentEvent): void;
  /** Closes without waiting for a slow client. */
  cut(): void;
}

export interface EventStreamOptions {
  /** Keeps proxies from closing an idle connection. */
  readonly heartbeatMs: number;
  /** A client that reads nothing for about this long is disconnected. */
  readonly stallMs: number;
  /** Delay before a client reconnects. */
  readonly retryMs: number;
  /** Called once when the connection has closed. */
  readonly onClose: () => void;
}

const textOf = ({ event, id, data }: ServerSentEvent): string => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;

/** Answers with a stream of server-sent events (HTML Living Standard, 9.2). */
export const openEventStream = (res: ServerResponse, options: EventStreamOptions): EventStream => {
  const { heartbeatMs, stallMs, retryMs, onClose } = options;
  let waiting: ServerSentEvent | null = null;
  let blockedSince: number | null = null;
  let ended = false;

  const write = (text: string): void => {
    if (!res.write(text)) blockedSince ??= performance.now();
  };

  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Keeps nginx and similar proxies from buffering the events.
    'X-Accel-Buffering': 'no',
  });
  write(`retry: ${retryMs}\n\n`);

  const heartbeat = setInterval(() => {
    if (blockedSince === null) write(':\n\n');
    else if (performance.now() - blockedSince >= stallMs) res.destroy();
  }, heartbeatMs);
  res.on('drain', () => {
    if (ended) return;
    blockedSince = null;
    const event = waiting;
    waiting = null;
    if (event !== null) write(textOf(event));
  });
  res.once('close', () => {
    clearInterval(heartbeat);
    onClose();
  });

  const end = (event?: ServerSentEvent): void => {
    if (ended) return;
    ended = true;
    waiting = null;
    // A slow client gets the same time for the end.
    blockedSince ??= performance.now();
    res.end(event === undefined ? undefined : textOf(event));
  };

  return {
    send(event) {
      if (ended) return;
      if (blockedSince === null) write(textOf(event));
      else waiting = event;
    },
    end,
    cut() {
      if (blockedSince === null) end();
      else res.destroy();
    },
  };
};
