import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { connect } from '../../src/database/connect.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { type DatabaseProxy, type ProxyHooks, startDatabaseProxy } from '../support/servers/database-proxy.ts';
import { type ImageServer, startPictures } from '../support/servers/image-server.mjs';
import { WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { upload, waitFor } from '../support/service.ts';
import { type Audit, createAudit } from './audit.ts';
import { type ChaosStore, localStore, s3Store } from './store.ts';

/** Prefix of output URLs, the same on every instance. */
export const PUBLIC_URL = 'http://outputs.example';
/** High enough that a scenario with many kills does not use up the attempts. */
const MANY_ATTEMPTS = '20';
const TIMEOUT_MS = 180_000;
/** Uploads without progress for this long are removed (src/requests/reconciler.ts). */
const ABANDONED_MS = 11 * 60_000;

export interface WorldOptions {
  readonly directory?: string;
  /** Default: a new database on the server of this run. */
  readonly databaseUri?: string;
  readonly storage?: 'local' | 's3';
  /** Latency of the image server. */
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

/** A batch as it was uploaded, with its requestId. */
export interface Uploaded {
  readonly requestId: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly serial: string;
  readonly urls: readonly string[];
}

/** The instances of a scenario, numbered by slots, and their environment. */
export interface World {
  readonly directory: string;
  readonly connection: Connection;
  readonly pictures: ImageServer;
  readonly receiver: WebhookReceiver;
  /** Unique to this world: a reused port may still get the webhooks of another one. */
  readonly webhookPath: string;
  readonly store: ChaosStore;
  readonly audit: Audit;
  readonly leaseMs: number;
  /** Ready instances by slot. */
  readonly instances: ReadonlyMap<number, Instance>;
  /** Starts an instance behind an auditing proxy, with additional `hooks`. */
  start(slot: number, options?: StartOptions): Promise<Instance>;
  /** Sends SIGKILL and waits for the exit. */
  kill(slot: number): Promise<void>;
  /** Uploads to any ready instance, with retries until one responds with 202. */
  upload(rows: readonly Row[]): Promise<Uploaded>;
  /** Rows that alternate between one and three URLs, with `images` URLs in total; `name` makes them unique. */
  rows(images: number, name: string): Row[];
  /** Makes unfinished uploads old enough for the reconciler to remove. */
  ageUploads(): Promise<void>;
  close(): Promise<void>;
}

export interface StartOptions {
  /** With `onReply`, the driver's own retries are off, so that the service sees every lost reply. */
  readonly hooks?: ProxyHooks;
  readonly environment?: Readonly<Record<string, string>>;
  /** Replaces `node dist/main.js`. */
  readonly command?: readonly string[];
}

export const csvOf = (rows: readonly Row[]): string =>
  `S. No.,Product Name,Input Image Urls\n${rows.map(({ serial, urls }) => `${serial},P ${serial},"${urls.join(',')}"`).join('\n')}\n`;

const openDatabase = async (uri: string | undefined): Promise<TestConnection> => {
  if (uri === undefined) return testConnection();
  const connection = await connect(uri, () => {});
  return { uri, connection, close: () => connection.close() };
};

export const createWorld = async (options: WorldOptions): Promise<World> => {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'chaos-')));
  const database = await openDatabase(options.databaseUri);
  const store = options.storage === 's3' ? await s3Store() : localStore(directory);
  const pictures = await startPictures(options.latencyMs);
  const receiver = await WebhookReceiver.start();
  const webhookPath = `/hook-${randomUUID()}`;
  const audit = createAudit();
  const instances = new Map<number, Instance>();
  const children = new Set<Instance>();
  const proxies: DatabaseProxy[] = [];
  let closed = false;

  const both = (slot: number, hooks: ProxyHooks = {}): ProxyHooks => {
    const audited = audit.hooks(slot);
    return {
      onCommand(command) {
        audited.onCommand?.(command);
        return hooks.onCommand?.(command) ?? 'pass';
      },
      onReply(command, reply) {
        audited.onReply?.(command, reply);
        return hooks.onReply?.(command, reply) ?? 'pass';
      },
    };
  };

  const world: World = {
    directory,
    connection: database.connection,
    pictures,
    receiver,
    webhookPath,
    store,
    audit,
    leaseMs: options.leaseSeconds * 1_000,
    instances,

    async start(slot, { hooks, environment, command } = {}) {
      const proxy = await startDatabaseProxy(database.uri, both(slot, hooks));
      proxies.push(proxy);
      const instance = await startInstance(
        directory,
        {
          ...store.environment,
          MONGODB_URI: hooks?.onReply === undefined ? proxy.uri : `${proxy.uri}&retryWrites=false`,
          DATA_DIR: join(directory, `data-${slot}`),
          PUBLIC_URL,
          LEASE_SECONDS: `${options.leaseSeconds}`,
          MAX_ATTEMPTS: MANY_ATTEMPTS,
          RATE_LIMIT_UPLOADS_PER_MINUTE: '0',
          ...environment,
        },
        command,
      );
      children.add(instance);
      instances.set(slot, instance);
      void instance.exited.then(() => {
        children.delete(instance);
        if (instances.get(slot) === instance) instances.delete(slot);
      });
      // The world was closed during the start.
      if (closed) instance.process.kill('SIGKILL');
      return instance;
    },

    async kill(slot) {
      const instance = instances.get(slot);
      instances.delete(slot);
      instance?.process.kill('SIGKILL');
      await instance?.exited;
    },

    async upload(rows) {
      const requestId = await waitFor(async () => {
        const [instance] = instances.values();
        if (instance === undefined) return null;
        const response = await upload(instance.url, csvOf(rows), { webhookUrl: receiver.url(webhookPath) }).catch(
          () => null,
        );
        return response?.status === 202 ? String(((await response.json()) as { requestId: string }).requestId) : null;
      }, TIMEOUT_MS);
      return { requestId, rows };
    },

    rows(images, name) {
      const rows: Row[] = [];
      for (let at = 0; at < images; ) {
        const length = Math.min(rows.length % 2 === 0 ? 1 : 3, images - at);
        const urls = Array.from({ length }, (_, n) => `${pictures.origin}/${name}-${at + n}.jpg?size=w_1,h_1`);
        rows.push({ serial: `${name}-${rows.length}`, urls });
        at += length;
      }
      return rows;
    },

    async ageUploads() {
      const heartbeatAt = new Date(Date.now() - ABANDONED_MS);
      await database.connection
        .collection('requests')
        .updateMany({ state: { $in: ['ingesting', 'discarding'] } }, { $set: { heartbeatAt } });
    },

    async close() {
      closed = true;
      for (const instance of children) {
        instance.process.kill('SIGKILL');
        await instance.exited;
      }
      for (const proxy of proxies) await proxy.close();
      await receiver.close();
      await pictures.close();
      await store.close();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return world;
};

/** Runs a scenario in its own world, which is always closed. */
export const inWorld = async <T>(options: WorldOptions, scenario: (world: World) => Promise<T>): Promise<T> => {
  const world = await createWorld(options);
  try {
    return await scenario(world);
  } finally {
    await world.close();
  }
};

/**
 * Waits until every request is finished and every completion event has been delivered.
 * @param hurry expires the delivery leases of killed processes immediately instead of after 30 s
 */
export const settled = async ({ connection }: World, hurry: boolean, withinMs = TIMEOUT_MS): Promise<void> => {
  const requests = connection.collection('requests');
  const deliveries = connection.collection('deliveries');
  const unfinished = ['ingesting', 'discarding', 'removing', 'queued', 'processing', 'cancelling', 'retrying'];
  let endedAt: number | null = null;
  const left = async (): Promise<string> => {
    const states = (await requests.find({}, { projection: { state: 1 } }).toArray()).map(({ state }) => String(state));
    const open = states.filter((state) => unfinished.includes(state));
    const owed = await requests.countDocuments({ eventPending: true });
    const pending = await deliveries.countDocuments({ state: 'pending' });
    return `requests left: ${open.join(', ') || 'none'}; events pending: ${owed}; deliveries pending: ${pending}`;
  };
  const ended = waitFor(async () => {
    if ((await requests.countDocuments({ state: { $in: unfinished } })) > 0) return false;
    endedAt ??= performance.now();
    if (hurry && performance.now() - endedAt > HURRY_AFTER_MS) {
      await deliveries.updateMany({ state: 'pending' }, { $set: { nextAt: new Date(1) } });
      endedAt = performance.now();
    }
    if ((await requests.countDocuments({ eventPending: true })) > 0) return false;
    return (await deliveries.countDocuments({ state: 'pending' })) === 0;
  }, withinMs);
  await ended.catch(async (cause: Error) => {
    throw new Error(`not everything has finished, ${cause.message}: ${await left()}`, { cause });
  });
};

/** Longest duration of a delivery whose process is alive. */
const HURRY_AFTER_MS = 2_000;
