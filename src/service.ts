import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { assertFree, hostsFor, listen } from './http/listening.ts';
import { createBoundedServer } from './http/server.ts';
import { stopListening } from './http/stopping.ts';
import { createAddresses } from './service/addresses.ts';
import { createApi } from './service/api.ts';
import { createBackgroundWork } from './service/background-work.ts';
import { createInfrastructure, type Disposers, type ServiceFiles } from './service/infrastructure.ts';
import { createOutages } from './service/outages.ts';
import { whoMayReach } from './startup.ts';

export type { ServiceFiles } from './service/infrastructure.ts';

export interface Service {
  /** URL of the page and the API on this machine. */
  readonly url: string;
  /** Which database is used, without its password. */
  readonly database: string;
  /** Addresses that are listened on. */
  readonly hosts: readonly string[];
  /** Stops taking work, finishes or hands back what is running, then closes everything in reverse order of its start. */
  close(): Promise<void>;
}

/** Time in which kept-alive connections can still get a response with `Connection: close`. */
const KEEP_ALIVE_NOTICE_MS = 300;
/** Shares of SHUTDOWN_SECONDS after which work, then HTTP, must have ended; the rest is for closing. */
const WORK_SHARE = 0.7;
const HTTP_SHARE = 0.85;

/**
 * Starts every part in order; if one fails, those already running are closed before the error is thrown.
 * @param outputPath gives a path in place of the URL of an output
 */
export const startService = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  outputPath?: (name: string) => string,
): Promise<Service> => {
  const disposers: Disposers = [];
  const close = async (): Promise<void> => {
    for (const dispose of disposers.splice(0).reverse()) {
      await dispose().catch((error: unknown) => log.error({ err: error }, 'a part did not shut down cleanly'));
    }
  };
  try {
    return { ...(await startParts(config, files, log, disposers, outputPath)), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const startParts = async (
  config: Config,
  files: ServiceFiles,
  log: Logger,
  disposers: Disposers,
  outputPath: ((name: string) => string) | undefined,
): Promise<Omit<Service, 'close'>> => {
  let { port } = config;
  const hosts = hostsFor(config.host, config.access.apiKeys.length > 0);
  // First, because a database may take a minute to start.
  await assertFree(port, hosts);
  const infrastructure = await createInfrastructure(config, files, log, disposers);
  const addresses = createAddresses(config, infrastructure.storage, () => port, outputPath);
  const outages = createOutages(infrastructure, config, log, disposers);
  infrastructure.metrics.watchParts(outages);
  const work = await createBackgroundWork(infrastructure, config, files, addresses, outages, disposers);

  const begun = new AbortController();
  const giveUp = new AbortController();
  // One listener per upload in progress, so no maximum.
  setMaxListeners(0, giveUp.signal);
  const stopping = { begun: begun.signal, giveUp: giveUp.signal };
  const api = createApi(infrastructure, work, config, files, addresses, stopping, outages, log);
  const listening = await listen(() => createBoundedServer(api), config.port, hosts);
  ({ port } = listening);
  const reach = whoMayReach(config, listening.hosts);
  if (reach?.level === 'warn') log.warn(reach.message);

  // Output URLs contain the port, so work starts only once it is known.
  work.start();
  disposers.push(async () => {
    const begunAt = performance.now();
    begun.abort();
    const workMs = config.shutdownMs * WORK_SHARE;
    // HTTP keeps answering meanwhile; only new uploads are rejected.
    await Promise.all([
      new Promise((resolve) => setTimeout(resolve, Math.min(KEEP_ALIVE_NOTICE_MS, workMs))),
      work.stop(workMs),
    ]);
    const left = config.shutdownMs * HTTP_SHARE - (performance.now() - begunAt);
    await stopListening(listening.servers, left, () => giveUp.abort(new AppError('shutting_down')));
  });
  return { url: `http://localhost:${port}`, database: infrastructure.databaseName, hosts: listening.hosts };
};
