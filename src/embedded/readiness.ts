import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';

const POLL_MS = 25;
/** After this time a server with a different process ID is accepted: it may run behind a wrapper script. */
const WRAPPER_MS = 5_000;

/** A TCP port of the loopback interface that is free right now. */
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

/** Whether something listens on this port of the loopback interface. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });

/** ID of the process that responds to `hello` at the URI: null if it does not report one, undefined without a response. */
const respondingProcess = async (uri: string): Promise<number | null | undefined> => {
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
 * Waits until this server responds at the URI; another one may have taken the port.
 * Resolves to false if it exits first or after `timeoutMs`.
 */
export const waitUntilReady = async (
  uri: string,
  server: { readonly pid: number; readonly isRunning: () => boolean },
  timeoutMs: number,
): Promise<boolean> => {
  const begun = performance.now();
  const port = Number(new URL(uri).port);
  while (server.isRunning() && performance.now() - begun < timeoutMs) {
    // The driver would look again only after half a second.
    const pid = (await accepts(port)) ? await respondingProcess(uri) : undefined;
    const isThisServer = pid === null || pid === server.pid || performance.now() - begun > WRAPPER_MS;
    if (pid !== undefined && isThisServer && server.isRunning()) return true;
    await pause(POLL_MS);
  }
  return false;
};
