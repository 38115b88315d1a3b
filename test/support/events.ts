import { Agent, get, type IncomingMessage } from 'node:http';

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: Summary;
}

/** The part of the data that tests check. */
export interface Summary {
  readonly requestId: string;
  readonly status: string;
  readonly progress: { readonly total: number; readonly completed: number; readonly pending: number };
}

export interface Listener {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly response: IncomingMessage;
  readonly events: ReceivedEvent[];
  /** The text received so far. */
  readonly text: () => string;
  /** Resolves when the stream is closed; `cut` if it was aborted. */
  readonly closed: Promise<'ended' | 'cut'>;
  leave(): void;
}

const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

/** Listens like a browser's EventSource, but without reconnecting. Resolves when the response headers are received. */
export const listen = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> =>
  new Promise((resolve, reject) => {
    const call = get(url, { headers: { Accept: 'text/event-stream', ...headers }, agent });
    call.once('error', reject);
    call.once('response', (response) => {
      call.off('error', reject).on('error', () => {});
      let text = '';
      let rest = '';
      const events: ReceivedEvent[] = [];
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        rest += chunk;
        const blocks = rest.split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = parse(block);
          if (event !== null) events.push(event);
        }
      });
      const closed = new Promise<'ended' | 'cut'>((settle) => {
        response.once('close', () => settle(response.complete ? 'ended' : 'cut'));
      });
      response.on('error', () => {});
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        response,
        events,
        text: () => text,
        closed,
        leave: () => call.destroy(),
      });
    });
  });

const parse = (block: string): ReceivedEvent | null => {
  const fields = Object.fromEntries(
    block
      .split('\n')
      .filter((line) => /^\w/.test(line))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  if (fields.event === undefined) return null;
  return {
    event: fields.event,
    id: fields.id ?? '',
    data: JSON.parse(fields.data ?? 'null') as Summary,
  };
};
