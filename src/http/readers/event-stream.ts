import type { ServerResponse } from 'node:http';

export interface ServerSentEvent {
  readonly event: string;
  readonly id: string;
  /** One line. */
  readonly data: string;
}

export interface EventStream {
  /** Sends an event. While the reader is behind, only the newest is kept for it. */
  send(event: ServerSentEvent): void;
  /** Sends a last event, if any, and closes. Nothing is sent after that. */
  end(event?: ServerSentEvent): void;
  /** Closes, and waits for no reader that is behind. */
  cut(): void;
}

export interface EventStreamOptions {
  /** Often enough that no proxy takes the connection for dead. */
  readonly heartbeatMs: number;
  /** A reader that takes nothing for about this long is let go. */
  readonly stallMs: number;
  /** When a client that lost its connection may come back. */
  readonly retryMs: number;
  /** Called once, when the connection is over, whoever ended it. */
  readonly onClose: () => void;
}

const textOf = ({ event, id, data }: ServerSentEvent): string => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;

/** Answers with server-sent events (HTML Living Standard, 9.2), without end until it is told to. */
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
    // nginx and its like would otherwise collect the events.
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
    // It is given the same time to take the end.
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
