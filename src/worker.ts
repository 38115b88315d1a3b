import { parentPort, workerData } from 'node:worker_threads';
import pLimit from 'p-limit';
import { prepareSharp } from './images/loaders.ts';
import { createThreadChannel } from './images/pool/channel.ts';
import { partOf } from './images/pool/open-threads.ts';
import { createStageWriter } from './images/pool/stage-deadline.ts';
import type { ProbeTask, TicketedTask } from './images/pool/threads.ts';
import type { Unasked } from './images/pool/unasked.ts';
import { createProcessor } from './images/process.ts';
import { readSample } from './images/source/samples.ts';
import type { ImageLimits, ImageResult } from './images/task.ts';
import { createGuardedAgents } from './network/agents.ts';
import type { SourceHeaders } from './network/fetch/source-headers.ts';
import type { NetworkPolicy } from './network/policy.ts';
import { createResolver } from './network/resolver.ts';
import { createStorage } from './storage/create.ts';
import { outputNames } from './storage/output-names.ts';
import type { S3SourceConfig } from './storage/s3-source.ts';
import type { StorageConfig } from './storage/storage.ts';

/** What the pool hands to each thread; plain data. */
export interface WorkerData {
  readonly limits: ImageLimits;
  readonly network: NetworkPolicy;
  /** None, or left out: those of the system. */
  readonly nameServers?: readonly string[];
  /** Of downloads; absent: name and version of the service, and no headers. */
  readonly downloads?: { readonly userAgent: string; readonly sourceHeaders: SourceHeaders };
  readonly storage: StorageConfig;
  /** Buckets that sources may be read from; null: none. */
  readonly sources: S3SourceConfig | null;
  /** Folder of the sample photos; none when left out. */
  readonly samples?: string;
  /** Threads of the pool: the connections to one origin are divided among them. */
  readonly threads: number;
  /** Images decoded at once in this thread when all are open: cores divided over the threads, at least 1. */
  readonly encodeConcurrency: number;
  /** What an image takes without asking the pool; absent: nothing but the first bytes of its source. */
  readonly unasked?: Unasked;
}

/** Of one thread: only redirects lead to names that the main thread has not looked up. */
const LOOKUPS = { perDomain: 2, total: 64 };

/** What a thread gets, with what the pool adds. */
type ThreadData = WorkerData & { readonly stages: SharedArrayBuffer };

const build = async (data: ThreadData) => {
  const { limits, network, storage, sources, samples, threads, encodeConcurrency, unasked } = data;
  prepareSharp();
  const store = await createStorage(storage);
  const openObject = sources === null ? undefined : (await import('./storage/s3-source.ts')).createS3Source(sources);
  const resolver = createResolver({ ...LOOKUPS, servers: data.nameServers ?? [] });
  const agents = createGuardedAgents(network, {
    resolve: resolver.lookup,
    // Idle connections count for the server too: more threads than connections cannot keep one each.
    keepAlive: threads <= limits.maxConnectionsPerOrigin,
    // The permits of the main thread bound what is in use; this bounds redirects to other hosts and idle connections too.
    maxSocketsPerOrigin: partOf(limits.maxConnectionsPerOrigin, threads, threads - 1),
    ...(limits.maxConnectSeconds !== undefined && { connectTimeoutMs: limits.maxConnectSeconds * 1000 }),
  });
  const limitEncodes = pLimit(encodeConcurrency);
  const { admit, downloaded, grow, cancellable } = createThreadChannel(
    (message, transfer) => parentPort?.postMessage(message, transfer),
    ({ among, position }) => {
      agents.limitPerOrigin(position === null ? 0 : partOf(limits.maxConnectionsPerOrigin, among, position));
      limitEncodes.concurrency = partOf(encodeConcurrency * threads, among, position ?? among - 1);
    },
  );
  const enter = createStageWriter(data.stages);
  const process = createProcessor<TicketedTask>({
    limits,
    agents,
    limitEncodes,
    ...data.downloads,
    ...(openObject && { openObject }),
    ...(unasked !== undefined && { freeBytes: unasked.sourceBytes }),
    async admit({ ticket }, pixels, bytes, roundTripMs) {
      const isSmall = unasked !== undefined && pixels <= unasked.pixels && bytes <= unasked.decodeBytes;
      if (isSmall) downloaded(ticket, roundTripMs);
      else await admit(ticket, pixels, bytes, roundTripMs);
    },
    grow: ({ ticket }, bytes) => grow(ticket, bytes),
    enter: ({ ticket }, stage) => enter(ticket, stage),
    ...(samples !== undefined && { readSample: (name: string) => readSample(samples, name) }),
    store: (task, bytes, position, ends) => store.put(outputNames(task.id, task)[position] ?? '', bytes, ends),
    now: Date.now,
  });
  return (task: TicketedTask): Promise<ImageResult> => {
    if (task.host !== undefined) resolver.remember(task.host.name, task.host.addresses);
    return cancellable(task.ticket, (signal) => process(task, signal));
  };
};

// A thread's module is its main: it starts as it is loaded, from what the pool handed over.
const processImage = await build(workerData as ThreadData);

/** Called by Piscina for each task. */
export default async (task: TicketedTask | ProbeTask): Promise<ImageResult | true> =>
  'probe' in task ? true : processImage(task);
