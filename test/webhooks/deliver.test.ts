import { Agent as HttpsAgent } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createGuardedAgents, type GuardedAgents } from '../../src/network/agents.ts';
import { USER_AGENT } from '../../src/network/user-agent.ts';
import { createDeliver, type Deliver } from '../../src/webhooks/deliver.ts';
import { type Answer, answer, hangUp, noAnswer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const payload = ' {"type":"request.completed","data":{"name":"Zoë"}} ';

describe('deliver', () => {
  let agents: GuardedAgents;
  let deliver: Deliver;
  let receiver: WebhookReceiver | undefined;
  const start = async (...script: Answer[]): Promise<WebhookReceiver> => {
    receiver = await WebhookReceiver.start(...script);
    return receiver;
  };
  const message = (url: string, withSecret: string | null = secret) => ({
    _id: 'msg_r1_1',
    url,
    secret: withSecret,
    payload,
  });

  beforeEach(() => {
    agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.0/8'] });
    deliver = createDeliver(agents);
  });
  afterEach(async () => {
    agents.destroy();
    await receiver?.close();
    receiver = undefined;
  });

  it('posts the exact bytes, signed so that the reference verifier accepts them', async () => {
    const { url, received } = await start(answer(200, 'thanks')).then((it) => ({
      url: it.url(),
      received: it.received,
    }));
    const at = new Date();
    const result = await deliver(message(url), at);
    expect(result).toMatchObject({ at, status: 200, error: null, answer: 'thanks' });
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
    const [got] = received;
    expect(got?.method).toBe('POST');
    expect(got?.body).toBe(payload);
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(payload)),
      'user-agent': USER_AGENT,
      'webhook-id': 'msg_r1_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    });
    const headers = Object.fromEntries(
      Object.entries(got?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(secret).verify(got?.body ?? '', headers)).toEqual(JSON.parse(payload));
  });

  it('sends no signature without a secret', async () => {
    const { received, ...it } = await start().then((got) => ({ received: got.received, url: got.url() }));
    await deliver(message(it.url, null), new Date());
    expect(received[0]?.headers['webhook-id']).toBe('msg_r1_1');
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('keeps the path, query and credentials of the URL', async () => {
    const it = await start();
    await deliver(message(it.url('/a%20b?token=x&y=1').replace('//', '//user:pass@')), new Date());
    expect(it.received[0]?.url).toBe('/a%20b?token=x&y=1');
    expect(it.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
  });

  it('does not follow redirects', async () => {
    const target = await WebhookReceiver.start();
    const it = await start(answer(307, '', { Location: target.url() }));
    const result = await deliver(message(it.url()), new Date());
    expect(result).toMatchObject({ status: 307, error: 'The receiver answered 307; redirects are not followed.' });
    expect(target.received).toHaveLength(0);
    await target.close();
  });

  it('reports error responses with their status and the start of the body', async () => {
    const it = await start(answer(500, 'é'.repeat(600)), answer(410));
    const refused = await deliver(message(it.url()), new Date());
    expect(refused).toMatchObject({ status: 500, error: 'The receiver answered 500.', answer: 'é'.repeat(500) });
    expect(await deliver(message(it.url()), new Date())).toMatchObject({ status: 410, answer: '' });
  });

  it('reads Retry-After in seconds and as a date', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const date = new Date(at.getTime() + 90_000).toUTCString();
    const it = await start(answer(429, '', { 'Retry-After': '120' }), answer(503, '', { 'Retry-After': date }));
    expect((await deliver(message(it.url()), at)).retryAfterMs).toBe(120_000);
    expect((await deliver(message(it.url()), at)).retryAfterMs).toBe(90_000);
  });

  it('truncates an endless response and closes the connection', async () => {
    let hungUp: Promise<void> | undefined;
    const endless: Answer = (response) => {
      hungUp = new Promise((resolve) => response.on('close', resolve));
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.writeHead(200).on('drain', more);
      more();
    };
    const it = await start(endless);
    expect(await deliver(message(it.url()), new Date())).toMatchObject({ status: 200, answer: 'x'.repeat(500) });
    await hungUp;
  });

  it('uses the status if the body never ends or breaks off', async () => {
    const dripping: Answer = (response) => void response.writeHead(200).write('so far');
    const breaking: Answer = (response) => {
      response.writeHead(202, { 'Content-Length': 100 }).write('half', () => response.destroy());
    };
    const it = await start(dripping, breaking);
    const withShortTimeout = createDeliver(agents, { timeoutMs: 300 });
    expect(await withShortTimeout(message(it.url()), new Date())).toMatchObject({
      status: 200,
      error: null,
      answer: 'so far',
    });
    expect(await withShortTimeout(message(it.url()), new Date())).toMatchObject({
      status: 202,
      error: null,
      answer: 'half',
    });
  });

  it('times out if the receiver does not answer', async () => {
    const it = await start(noAnswer);
    const result = await createDeliver(agents, { timeoutMs: 200 })(message(it.url()), new Date());
    expect(result).toMatchObject({
      status: null,
      error: 'The receiver did not answer within 0.2 seconds.',
      answer: null,
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(190);
  });

  it('has a shorter timeout for the first attempt', async () => {
    const it = await start(noAnswer, noAnswer);
    const deliver = createDeliver(agents, { timeoutMs: 400, firstTimeoutMs: 50 });
    const errors: (string | null)[] = [];
    for (const tries of [1, 2]) errors.push((await deliver({ ...message(it.url()), tries }, new Date())).error);
    expect(errors).toEqual([
      'The receiver did not answer within 0.05 seconds.',
      'The receiver did not answer within 0.4 seconds.',
    ]);
  });

  it('aborts when the service stops, and does not start after that', async () => {
    const it = await start(noAnswer);
    const stop = new AbortController();
    const running = deliver(message(it.url()), new Date(), stop.signal);
    await it.count(1);
    stop.abort();
    const error = 'The service stopped before the receiver answered.';
    expect(await running).toMatchObject({ status: null, error });
    expect(await deliver(message(it.url()), new Date(), stop.signal)).toMatchObject({ status: null, error });
    expect(it.received).toHaveLength(1);
  });

  it('reports that the receiver closed or refused the connection', async () => {
    const it = await start(hangUp);
    const closed = 'The connection to the receiver was closed before a response was received.';
    expect(await deliver(message(it.url()), new Date())).toMatchObject({ status: null, error: closed });
    const url = it.url();
    await it.close();
    receiver = undefined;
    const refused = 'The connection to the receiver was refused.';
    expect(await deliver(message(url), new Date())).toMatchObject({ status: null, error: refused });
  });

  it('reports that the receiver does not speak TLS, without quoting the URL', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('this is not TLS'),
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const result = await deliver(message(`https://127.0.0.1:${port}/hook?token=hidden`), new Date());
    await new Promise((closed) => server.close(closed));
    expect(result).toMatchObject({ status: null, error: 'The TLS handshake with the receiver failed.' });
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'The certificate of the receiver is not valid.'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'The certificate of the receiver is not valid.'],
    ['ENOTFOUND', 'The host name of the receiver was not found.'],
    ['EHOSTUNREACH', 'The message could not be sent (EHOSTUNREACH).'],
  ])('has its own message for %s', async (code, sentence) => {
    class FailingAgent extends HttpsAgent {
      override createConnection(...[, callback]: Parameters<HttpsAgent['createConnection']>): undefined {
        const fail = callback as unknown as (error: Error) => void;
        process.nextTick(() => fail(Object.assign(new Error('https://user:pass@host/?token=hidden'), { code })));
      }
    }
    const failing = createDeliver({ http: agents.http, https: new FailingAgent() });
    const result = await failing(message('https://receiver.example/?token=hidden'), new Date());
    expect(result).toMatchObject({ status: null, error: sentence });
  });

  it('does not connect to addresses that the agents refuse', async () => {
    const it = await start();
    const strict = createGuardedAgents({ allowPrivateNetworks: [] });
    const result = await createDeliver(strict)(message(it.url('/?token=hidden')), new Date());
    strict.destroy();
    expect(result).toMatchObject({ status: null, error: expect.stringContaining("isn't allowed to access") });
    expect(result.error).not.toContain('hidden');
    expect(it.received).toHaveLength(0);
  });

  it.each(['data:text/plain,hello', 'file:///etc/passwd', 'ftp://receiver.example/'])(
    'does not open %s',
    async (url) => {
      expect(await deliver(message(url), new Date())).toMatchObject({ status: null, error: expect.any(String) });
    },
  );

  it('reports an invalid secret instead of throwing', async () => {
    const it = await start();
    const result = await deliver(message(it.url(), 'whsec_***'), new Date());
    expect(result).toMatchObject({ status: null, error: expect.stringContaining('could not be sent') });
    expect(it.received).toHaveLength(0);
  });
});
