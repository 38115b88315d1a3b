import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from '../../src/web/api.ts';
import { type Connection, followRequest } from '../../src/web/follow.ts';
import type { Summary } from '../../src/web/types.ts';

const ID = '0190a6f0-0000-4000-8000-000000000000';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

let server: Server;
afterEach(async () => {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
});

/** Responds with these in order, then repeats the last one. */
const serve = async (...handlers: Handler[]): Promise<{ origin: string; calls: IncomingMessage[] }> => {
  const calls: IncomingMessage[] = [];
  server = createServer((req, res) => {
    const handler = handlers[Math.min(calls.length, handlers.length - 1)];
    calls.push(req);
    handler?.(req, res);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
};

const summary = (completed: number, status = 'processing'): object => ({
  requestId: ID,
  status,
  progress: { total: 4, completed, failed: 0, cancelled: 0, pending: 4 - completed, percent: 25 * completed },
});

const events =
  (...texts: string[]): Handler =>
  (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const text of texts) res.write(text);
    res.end();
  };
const event = (name: string, id: number, data: object) =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const END = event('end', 9, summary(4, 'completed'));

const problem =
  (status: number, code: string): Handler =>
  (_req, res) => {
    res
      .writeHead(status, { 'Content-Type': 'application/problem+json' })
      .end(JSON.stringify({ status, code, detail: code }));
  };

const status =
  (body: object): Handler =>
  (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

interface Options {
  readonly key?: string;
  readonly idleTimeoutMs?: number;
  readonly stopAfter?: number;
  readonly whenOffline?: (then: () => void) => () => void;
  readonly onSeen?: () => void;
}

const follow = async (origin: string, options: Options = {}) => {
  const seen: number[] = [];
  const connections: Connection[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const keys = { get: () => options.key ?? null, ask: async () => null };
  const { call } = createApi(keys, (path, init) => fetch(`${origin}${path}`, init));
  await followRequest({
    requestId: ID,
    call,
    onProgress: ({ progress }: Summary) => {
      seen.push(progress.completed);
      options.onSeen?.();
    },
    onConnection: (connection) => connections.at(-1) !== connection && connections.push(connection),
    pause: async (milliseconds) => {
      pauses.push(Math.round(milliseconds));
      if (pauses.length === options.stopAfter) stop.abort();
    },
    signal: stop.signal,
    random: () => 0.5,
    ...(options.whenOffline && { whenOffline: options.whenOffline }),
    ...(options.idleTimeoutMs !== undefined && { idleTimeoutMs: options.idleTimeoutMs }),
  });
  return { seen, connections, pauses };
};

test('progress is reported until the end, with comments and split chunks, and the key is sent', async () => {
  const whole = `: hello\n\n${event('progress', 1, summary(1))}:\n\n${event('progress', 2, summary(2))}${END}`;
  const { origin, calls } = await serve(events(whole.slice(0, 40), whole.slice(40, 41), whole.slice(41)));
  expect(await follow(origin, { key: 'secret' })).toEqual({ seen: [1, 2, 4], connections: ['live'], pauses: [] });
  expect(calls.map(({ url, headers }) => [url, headers.authorization, headers['last-event-id']])).toEqual([
    [`/api/events/${ID}`, 'Bearer secret', undefined],
  ]);
});

test('an interrupted stream is resumed from the last event', async () => {
  const broken: Handler = (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write(event('progress', 7, summary(2)), () => res.destroy());
  };
  const { origin, calls } = await serve(broken, (_req, res) => res.destroy(), events(END));
  const { seen, connections } = await follow(origin);
  expect(seen).toEqual([2, 4]);
  expect(connections).toEqual(['live', 'lost', 'live']);
  expect(calls.at(-1)?.headers['last-event-id']).toBe('7');
});

test('without events, the status is polled every second', async () => {
  const { origin, calls } = await serve(
    problem(404, 'route_not_found'),
    status(summary(1)),
    status(summary(3)),
    status(summary(4, 'completed_with_errors')),
  );
  const { seen, connections, pauses } = await follow(origin);
  expect(seen).toEqual([1, 3, 4]);
  expect(connections).toEqual(['polling']);
  expect(pauses).toEqual([1000, 1000, 1000]);
  expect(calls[1]?.url).toBe(`/api/status/${ID}?limit=1`);
});

test('polling continues until the end, and retries events periodically', async () => {
  const none = problem(404, 'route_not_found');
  const { origin, calls } = await serve((req, res) => {
    if (req.url?.includes('/events/')) none(req, res);
    else status(calls.length < 100 ? summary(1) : summary(4, 'completed'))(req, res);
  });
  const { seen } = await follow(origin);
  expect(seen.length).toBeGreaterThan(90);
  expect(calls.filter(({ url }) => url?.includes('/events/')).length).toBe(4);
});

test('after three empty streams it falls back to polling', async () => {
  const { origin, calls } = await serve(events(), events(), events(), status(summary(4, 'completed')));
  expect((await follow(origin)).seen).toEqual([4]);
  expect(calls.map(({ url }) => url?.split('/')[2])).toEqual(['events', 'events', 'events', 'status']);
});

test('pauses grow while the server is unreachable, up to a limit', async () => {
  const { origin } = await serve((_req, res) => res.destroy());
  const { connections, pauses } = await follow(origin, { stopAfter: 8 });
  expect(connections).toEqual(['lost']);
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
});

test('an idle stream is aborted', async () => {
  const silent: Handler = (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write(':\n\n');
  };
  const { origin, calls } = await serve(silent, events(END));
  expect((await follow(origin, { idleTimeoutMs: 500 })).seen).toEqual([4]);
  // A busy machine may need that time even for the stream that ends.
  expect(calls.length).toBeGreaterThanOrEqual(2);
});

test('the stream is aborted at once when the browser goes offline', async () => {
  const silent: Handler = (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write(event('progress', 1, summary(1)));
  };
  const { origin, calls } = await serve(silent, events(END));
  let offline = (): void => undefined;
  const whenOffline = (then: () => void) => {
    offline = then;
    return () => undefined;
  };
  const { seen, connections } = await follow(origin, { whenOffline, onSeen: () => offline() });
  expect([seen, connections, calls.length]).toEqual([[1, 4], ['live', 'lost', 'live'], 2]);
});

test.each([
  [404, 'request_not_found'],
  [401, 'unauthorized'],
])('%i %s is for the person, not to be tried again', async (code, name) => {
  const { origin, calls } = await serve(problem(code, name));
  await expect(follow(origin)).rejects.toMatchObject({ name: 'ApiError', problem: { code: name } });
  expect(calls).toHaveLength(1);
});
