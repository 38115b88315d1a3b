import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';

const POLL_MS = 50;
/** After this long a server that answers under another process number is believed: it may be behind a wrapper. */
const WRAPPER_MS = 5_000;

/** A TCP port of the loopback interface that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });

/** The process that answers `hello` at the URI: its number, null when it does not say, undefined when none answers. */
const whoAnswers = async (uri: string): Promise<number | null | undefined> => {
  const client = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 1_000, connectTimeoutMS: 1_000 });
  try {
    await client.connect();
    const admin = client.db('admin');
    await admin.command({ hello: 1 });
    const { pid } = await admin.command({ serverStatus: 1 }).catch(() => ({ pid: null }));
    return pid === null || pid === undefined ? null : Number(pid);
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
};

/**
 * Waits until this very server answers at the URI: another one may have taken the port in between.
 * Resolves to false when it ends first or `timeoutMs` has passed.
 */
export const waitUntilReady = async (
  uri: string,
  server: { readonly pid: number; readonly isRunning: () => boolean },
  timeoutMs: number,
): Promise<boolean> => {
  const begun = performance.now();
  while (server.isRunning() && performance.now() - begun < timeoutMs) {
    const pid = await whoAnswers(uri);
    const believed = pid === null || pid === server.pid || performance.now() - begun > WRAPPER_MS;
    if (pid !== undefined && believed && server.isRunning()) return true;
    await pause(POLL_MS);
  }
  return false;
};
