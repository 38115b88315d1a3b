import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { hostsFor, listen } from './http/listening.ts';
import { createBoundedServer } from './http/server.ts';
import { stopListening } from './http/stopping.ts';
import { createAddresses } from './service/addresses.ts';
import { createApi } from './service/api.ts';
import { createBackgroundWork } from './service/background-work.ts';
import { createInfrastructure, type Disposers, type ServiceFiles } from './service/infrastructure.ts';
import { memoryFacts, memoryLine, whoMayReach } from './startup.ts';

export type { ServiceFiles } from './service/infrastructure.ts';

export interface Service {
  /** Where the page and the API are, for people on this machine. */
  readonly url: string;
  /** Which database runs, without its password. */
  readonly database: string;
  /** Stops taking work, finishes or hands back what runs, then closes everything in the reverse order of its start. */
  close(): Promise<void>;
}

/** For connections that are kept open to be told, by an answer, that they will be closed. */
const FAREWELL_MS = 300;
/** Shares of SHUTDOWN_SECONDS by whose end work, then HTTP must have come to an end; the rest is for closing. */
const WORK_SHARE = 0.7;
const HTTP_SHARE = 0.85;

/** Starts every part in order; when one fails, those that already run are closed before the error is thrown. */
export const startService = async (config: Config, files: ServiceFiles, log: Logger): Promise<Service> => {
  const disposers: Disposers = [];
  const close = async (): Promise<void> => {
    for (const dispose of disposers.splice(0).reverse()) {
      await dispose().catch((error: unknown) => log.error({ err: error }, 'a part did not close cleanly'));
    }
  };
  try {
    return { ...(await startParts(config, files, log, disposers)), close };
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
): Promise<Omit<Service, 'close'>> => {
  let { port } = config;
  log.info(memoryFacts(config), memoryLine(config));
  const infrastructure = await createInfrastructure(config, files, log, disposers);
  const addresses = createAddresses(config, infrastructure.storage, () => port);
  const work = await createBackgroundWork(infrastructure, config, files, addresses, log, disposers);

  const begun = new AbortController();
  const giveUp = new AbortController();
  // One listener for each upload under way; any number of them is fine.
  setMaxListeners(0, giveUp.signal);
  const stopping = { begun: begun.signal, giveUp: giveUp.signal };
  const api = createApi(infrastructure, work, config, files, addresses, stopping, log);
  const hosts = hostsFor(config.host, config.access.apiKeys.length > 0);
  const listening = await listen(() => createBoundedServer(api), config.port, hosts);
  ({ port } = listening);
  const reach = whoMayReach(config, listening.hosts);
  if (reach !== null) log[reach.level](reach.message);

  // The server has the port: only now may work begin whose output URLs carry it.
  work.start();
  disposers.push(async () => {
    const begunAt = performance.now();
    begun.abort();
    const workMs = config.shutdownMs * WORK_SHARE;
    // HTTP goes on meanwhile: who asks is answered, and only new uploads are sent away.
    await Promise.all([new Promise((told) => setTimeout(told, Math.min(FAREWELL_MS, workMs))), work.stop(workMs)]);
    const left = config.shutdownMs * HTTP_SHARE - (performance.now() - begunAt);
    await stopListening(listening.servers, left, () => giveUp.abort(new AppError('shutting_down')));
  });
  return { url: `http://localhost:${port}`, database: infrastructure.databaseName };
};
