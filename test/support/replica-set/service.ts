import { readdir } from 'node:fs/promises';
import type { Connection } from 'mongoose';
import { testConnection } from '../database.ts';
import { directUri } from '../database-uri.ts';
import type { ImageServer } from '../servers/image-server.mjs';
import type { ReceivedWebhook } from '../servers/webhook-receiver.ts';
import { finished, startTestService, type TestService } from '../service.ts';
import { backendOf } from './backend.ts';
import { type RecordedCommand, type ReplicaSet, startReplicaSet } from './replica-set.ts';

export interface ServiceOnSet extends TestService {
  readonly set: ReplicaSet;
  /** The same database without the set, by which a test looks at what is really stored. */
  readonly stored: Connection;
}

export interface ServiceOnSetOptions {
  readonly lagMs?: number;
  /** Options of MONGODB_URI. */
  readonly uri?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The complete service in this process on a replica set of its own. */
export const startServiceOnSet = async (options: ServiceOnSetOptions = {}): Promise<ServiceOnSet> => {
  const { lagMs = 0, uri = {}, environment = {} } = options;
  const database = await testConnection();
  const set = await startReplicaSet({ backend: backendOf(database.uri), lagMs });
  const close = async (): Promise<void> => {
    await set.close();
    await database.close();
  };
  const name = directUri(database.uri).pathname.slice(1);
  try {
    const service = await startTestService({ MONGODB_URI: set.uri(name, uri), ...environment });
    return {
      ...service,
      set,
      stored: database.connection,
      async close() {
        await service.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** What becomes of the command at which a fault begins: refused by the member, or made and not answered. */
export type At = 'refused' | 'made';

/** Begins a fault when the primary receives the `nth` matching command; resolves or rejects as the fault does. */
export const onNth = (
  { commands }: ReplicaSet,
  matches: (command: RecordedCommand) => boolean,
  nth: number,
  fault: () => Promise<void>,
  at: At = 'made',
): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = 0;
    const stop = commands.listen((command) => {
      if (!command.isPrimary || !matches(command)) return;
      seen += 1;
      if (seen < nth) return;
      stop();
      // A moment later the command has left for the engine.
      const begun = at === 'refused' ? fault() : Promise.resolve().then(fault);
      begun.then(resolve, reject);
    });
  });

export interface Batch {
  readonly requestId: string;
  readonly images: number;
  readonly pictures: ImageServer;
  readonly webhooks: readonly ReceivedWebhook[];
}

/** Asserts that a batch was done as if the database had never been away: nothing lost, nothing done or counted twice. */
export const expectDoneOnce = async (
  { url, stored, imageDirectory }: ServiceOnSet,
  { requestId, images, pictures, webhooks }: Batch,
): Promise<void> => {
  const status = await finished(url, requestId, 90_000);
  expect(status).toMatchObject({ status: 'completed', progress: { total: images, completed: images, failed: 0 } });
  expect(await stored.collection('requests').countDocuments({ webhook: { $exists: true } })).toBe(1);
  const records = await stored.collection('images').find({ requestId }).toArray();
  expect(records.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: images }, (_, n) => n));
  // The database's absence costs no image an attempt.
  expect(records.filter(({ status, attempts }) => status !== 'completed' || attempts !== 1)).toEqual([]);
  expect(records.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(status.bytes.out);
  const requests = await stored.collection('requests').distinct('_id');
  const completed = await stored
    .collection('images')
    .find({ requestId: { $in: requests }, status: 'completed' })
    .toArray();
  expect((await readdir(imageDirectory)).sort()).toEqual(completed.map(({ _id }) => `${_id}.jpg`).sort());
  const paths = records.map(({ inputUrl }) => new URL(inputUrl).pathname);
  expect(paths.filter((path) => pictures.count(path) !== 1)).toEqual([]);
  expect(webhooks.map(({ headers }) => headers['webhook-id'])).toEqual([`msg_${requestId}_1`]);
  expect(await stored.collection('deliveries').countDocuments()).toBe(1);
};
