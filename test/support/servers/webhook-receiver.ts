import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WAIT_MS } from '../wait-for.ts';

export interface ReceivedWebhook {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The raw body as text. */
  readonly body: string;
  readonly at: number;
}

/** Responds to a webhook after its body was read. */
export type Answer = (response: ServerResponse, received: ReceivedWebhook) => void;

export const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

/** Receives the webhook and never responds. */
export const noAnswer: Answer = () => {};

/** Receives the webhook and closes the connection. */
export const hangUp: Answer = (response) => {
  response.destroy();
};

/** A webhook receiver on loopback that records webhooks and responds by its script. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  readonly #server: Server;
  readonly #script: Answer[];
  #waiting: { count: number; done: () => void }[] = [];

  private constructor(script: readonly Answer[]) {
    this.#script = [...script];
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const received = { method, url, headers, body: Buffer.concat(chunks).toString(), at: Date.now() };
        // The last response of the script is repeated; without a script every webhook is accepted.
        const next = this.#script[Math.min(this.received.length, this.#script.length - 1)] ?? answer(204);
        this.received.push(received);
        next(response, received);
        this.#notify();
      });
    });
  }

  /** @param script the responses in order; the last one is repeated */
  static async start(...script: readonly Answer[]): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(script);
    await new Promise<void>((listening) => receiver.#server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Resolves once `count` webhooks have been received in total. */
  async count(count: number, withinMs = WAIT_MS): Promise<readonly ReceivedWebhook[]> {
    if (this.received.length >= count) return this.received;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`${this.received.length} of ${count} webhooks within ${withinMs} ms`));
      timer = setTimeout(late, withinMs);
      this.#waiting.push({ count, done: resolve });
    }).finally(() => clearTimeout(timer));
    return this.received;
  }

  #notify(): void {
    for (const { count, done } of this.#waiting) if (this.received.length >= count) done();
    this.#waiting = this.#waiting.filter(({ count }) => this.received.length < count);
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }
}
