import { createGuardedAgents, type GuardedAgents } from '../../src/network/agents.ts';
import { createDeliver, type Deliver } from '../../src/webhooks/deliver.ts';
import {
  createWebhookDispatcher,
  type WebhookDispatcher,
  type WebhookDispatcherDeps,
} from '../../src/webhooks/dispatcher.ts';
import { createOutbox, type Outbox } from '../../src/webhooks/outbox.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { type Answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { waitFor } from '../support/wait-for.ts';

export const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

export const now = (): Date => new Date();

/** An outbox with dispatchers and receivers; what a test started is stopped after it. */
export class WebhookWorld {
  logged: string[] = [];
  readonly database: TestConnection;
  readonly outbox: Outbox;
  readonly deliver: Deliver;
  readonly #agents: GuardedAgents;
  readonly #dispatchers: WebhookDispatcher[] = [];
  readonly #receivers: WebhookReceiver[] = [];

  private constructor(database: TestConnection) {
    this.database = database;
    this.outbox = createOutbox(database.connection, now);
    this.#agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.0/8'] });
    this.deliver = createDeliver(this.#agents);
  }

  static async open(): Promise<WebhookWorld> {
    const world = new WebhookWorld(await testConnection());
    await world.outbox.ensureIndexes();
    return world;
  }

  async receiverWith(...script: Answer[]): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start(...script);
    this.#receivers.push(receiver);
    return receiver;
  }

  run(deps: Partial<WebhookDispatcherDeps> = {}): WebhookDispatcher {
    const note = (facts: object, text: string): void => void this.logged.push(`${text} ${JSON.stringify(facts)}`);
    const dispatcher = createWebhookDispatcher({
      ...{ outbox: this.outbox, deliver: this.deliver, now, log: { debug: note, info: note, warn: note } },
      ...{ pollMs: 20, schedule: [20, 20, 20] },
      ...deps,
    });
    dispatcher.start();
    this.#dispatchers.push(dispatcher);
    return dispatcher;
  }

  enqueue(requestId: string, url: string): Promise<string> {
    const event = { requestId, run: 1, url, secret, type: 'request.completed', payload: { requestId } };
    return this.outbox.enqueue(event);
  }

  ended(requestId: string): Promise<boolean> {
    return waitFor(async () => {
      const latest = await this.outbox.latest(requestId);
      return latest !== null && latest.state !== 'pending';
    });
  }

  /** After each test. */
  async clear(): Promise<void> {
    await Promise.all(this.#dispatchers.splice(0).map((dispatcher) => dispatcher.stop()));
    await Promise.all(this.#receivers.splice(0).map((receiver) => receiver.close()));
    await this.database.connection.collection('deliveries').deleteMany({});
    this.logged = [];
  }

  async close(): Promise<void> {
    this.#agents.destroy();
    await this.database.close();
  }
}
