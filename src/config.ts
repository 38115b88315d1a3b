import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type AccessConfig, accessOf, accessVariables } from './config/access.ts';
import { availableMemory } from './config/available-memory.ts';
import { coreDefaults } from './config/cores.ts';
import { type DownloadsConfig, downloadsOf, downloadVariables } from './config/downloads.ts';
import { withFiles } from './config/files.ts';
import { keyErrors } from './config/keys.ts';
import { type LimitsConfig, limitsOf, limitVariables } from './config/limits.ts';
import { memoryDefaults } from './config/memory.ts';
import { s3Errors, sourcesOf, storageOf, storageVariables } from './config/storage.ts';
import { httpUrl, isNameServer, isNetwork, list, MIB, wholeNumber } from './config/values.ts';
import { type PortRange, parsePortRange } from './network/policy.ts';
import type { S3SourceConfig } from './storage/s3-source.ts';
import type { StorageConfig } from './storage/storage.ts';
import { isValidSecret } from './webhooks/sign.ts';

/** Thrown by {@link loadConfig} with all errors of the environment. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(
      `The configuration has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}:\n${errors.map((error) => `  - ${error}`).join('\n')}`,
    );
    this.errors = errors;
  }
}

/** Each adds a signature to the header. */
const MOST_WEBHOOK_SECRETS = 5;

/** One entry per variable; `npm run generate` writes docs/configuration.md from it. */
export const schema = z.object({
  ...storageVariables.shape,
  ...accessVariables.shape,
  ...limitVariables.shape,
  ...downloadVariables.shape,
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
    .optional()
    .describe('MongoDB to use, as a connection string. Empty: an embedded server with its data in `DATA_DIR`.'),
  DATA_DIR: z.string().default('data').describe('Folder of the embedded database and of uploads while they are read.'),
  PORT: wholeNumber(3000, 0, 65_535).describe('Port to listen on. `0` picks a free one.'),
  HOST: z
    .string()
    .optional()
    .describe(
      'Address to listen on. Empty: every address with `API_KEYS`, this machine only (127.0.0.1 and ::1) without.',
    ),
  PUBLIC_URL: httpUrl
    .optional()
    .describe('Prefix of the output URLs, as clients reach the service. Empty: `http://localhost:<PORT>`.'),
  WORKER_THREADS: wholeNumber(3, 1, 64).describe('Threads that download and compress images.'),
  TASKS_PER_THREAD: wholeNumber(0, 1, 128)
    .removeDefault()
    .optional()
    .describe(
      'Images in flight per thread, so that downloads overlap. Empty: 7 per core divided over the threads, 8 to 64; 4 below 1 GiB of memory.',
    ),
  MEMORY_BYTES: wholeNumber(0, 256 * MIB, Number.MAX_SAFE_INTEGER)
    .removeDefault()
    .optional()
    .describe(
      'Memory for the service and its embedded database. Empty: what the process may use (control group or machine).',
    ),
  DATABASE_CACHE_BYTES: wholeNumber(0, 16 * MIB, Number.MAX_SAFE_INTEGER)
    .removeDefault()
    .optional()
    .describe('Cache of the embedded database. Empty: derived from `MEMORY_BYTES`.'),
  ROLE: z
    .enum(['all', 'api', 'worker'], 'must be all, api or worker')
    .default('all')
    .describe(
      '`api` serves HTTP only; `worker` processes images and answers `/health`, `/ready` and `/metrics`; `all` does both.',
    ),
  ALLOW_PRIVATE_NETWORKS: list
    .refine((items) => items.every(isNetwork), 'must be CIDRs such as 10.0.0.0/8, comma-separated')
    .describe('Private networks, as comma-separated CIDRs, that image and webhook URLs may reach.'),
  ALLOWED_PORTS: list
    .refine(
      (items) => items.every((item) => parsePortRange(item) !== null),
      'must be ports such as 443 or ranges such as 8000-8999, comma-separated',
    )
    .transform((items) => items.map(parsePortRange).filter((range) => range !== null))
    .describe(
      'Ports (`443`) and ranges (`8000-8999`), comma-separated, that image and webhook URLs may reach. Empty: every port.',
    ),
  DNS_SERVERS: list
    .refine(
      (items) => items.every(isNameServer),
      'must be addresses such as 10.0.0.2 or [fd00::53]:5353, comma-separated',
    )
    .describe(
      'Name servers for image and webhook URLs, such as `10.0.0.2` or `[fd00::53]:5353`. Empty: those of the system.',
    ),
  WEBHOOK_SECRET: list
    .refine((secrets) => secrets.every(isValidSecret), 'must be whsec_ and 24 to 64 bytes in base64')
    .refine((secrets) => secrets.length <= MOST_WEBHOOK_SECRETS, `must be at most ${MOST_WEBHOOK_SECRETS} secrets`)
    .describe(
      'Signs the webhooks of uploads that bring no secret: `whsec_` and 24 to 64 bytes in base64. Several, comma-separated, sign all of them, to [rotate](operations.md#keys-and-tenants).',
    ),
  LEASE_SECONDS: wholeNumber(30, 2, 3600).describe(
    'Seconds after which another instance takes over the images of a process that died.',
  ),
  SHUTDOWN_SECONDS: wholeNumber(10, 1, 300).describe(
    'Seconds that a stop may take. Work in flight is finished within them, the rest is requeued.',
  ),
  RETENTION_DAYS: wholeNumber(0, 0, 36_500).describe(
    'Days until a finished request is removed with its files and webhook log. `0`: never.',
  ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
});

/** With more there are no fewer collections. */
const MOST_THREAD_HEAP_BYTES = 256 * 1024 * 1024;

export const VARIABLES: readonly string[] = Object.keys(schema.shape);

export interface Config {
  /** null: the embedded server under `dataDirectory`. */
  readonly mongodbUri: string | null;
  readonly dataDirectory: string;
  readonly port: number;
  /** null: all addresses if there are API keys, otherwise loopback only. */
  readonly host: string | null;
  /** Prefix of output URLs without a trailing slash; null: `http://localhost:<port>`. */
  readonly publicUrl: string | null;
  /** `api` only serves HTTP, `worker` processes images and serves its probes, `all` does both. */
  readonly role: 'all' | 'api' | 'worker';
  readonly workerThreads: number;
  readonly tasksPerThread: number;
  /** Images that each thread encodes at once. */
  readonly encodesPerThread: number;
  /** Heap of a thread, with its buffers, below which V8 makes no full collection. */
  readonly threadHeapBytes: number;
  /** Memory for the service and its embedded database, from which the limits' defaults are derived. */
  readonly memoryBytes: number;
  /** Cache of the embedded database. */
  readonly databaseCacheBytes: number;
  readonly storage: StorageConfig;
  /** For `s3://` sources; without buckets, none are allowed. */
  readonly sources: S3SourceConfig;
  readonly network: {
    readonly allowPrivateNetworks: readonly string[];
    /** Empty: every port. */
    readonly allowedPorts: readonly PortRange[];
  };
  /** Name servers as `address` or `address:port`; empty: those of the system. */
  readonly nameServers: readonly string[];
  readonly downloads: DownloadsConfig;
  readonly access: AccessConfig;
  /** The first is that of new uploads; all of them sign while they are rotated. */
  readonly webhookSecrets: readonly string[];
  readonly limits: LimitsConfig;
  readonly leaseMs: number;
  readonly shutdownMs: number;
  /** How long finished requests are kept with their data; 0: forever. */
  readonly retentionMs: number;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
}

/**
 * The only place that reads and validates the environment.
 * An empty variable counts as unset, so that `MONGODB_URI=` in a `.env` means the default. `NAME_FILE` is a file with `NAME`.
 * @param available bytes of memory that the process may use, if MEMORY_BYTES is not set
 * @param availableCores cores that the process may use
 * @throws ConfigError naming every invalid variable
 */
export const loadConfig = (
  env: Readonly<Record<string, string | undefined>>,
  available = availableMemory(),
  availableCores = availableParallelism(),
): Config => {
  const given = withFiles(env, VARIABLES);
  const set = Object.fromEntries(
    VARIABLES.map((name) => [name, given.env[name]?.trim()] as const).filter(
      ([, value]) => value !== undefined && value !== '',
    ),
  );
  const parsed = schema.safeParse(set);
  const errors = [
    ...given.errors,
    ...(parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? []),
  ];
  if ((set.ROLE === 'api' || set.ROLE === 'worker') && set.MONGODB_URI === undefined) {
    errors.push(`ROLE ${set.ROLE} needs MONGODB_URI, because an embedded database cannot be shared between instances`);
  }
  if (parsed.success) errors.push(...keyErrors(parsed.data), ...s3Errors(parsed.data));
  if (!parsed.success || errors.length > 0) throw new ConfigError(errors);
  const value = parsed.data;
  const memoryBytes = value.MEMORY_BYTES ?? available;
  const memory = memoryDefaults(memoryBytes, value.MONGODB_URI === undefined);
  const cores = coreDefaults(availableCores, value.WORKER_THREADS, { memoryBytes, leastTasks: memory.tasksPerThread });
  return {
    mongodbUri: value.MONGODB_URI ?? null,
    dataDirectory: value.DATA_DIR,
    port: value.PORT,
    host: value.HOST ?? null,
    publicUrl: value.PUBLIC_URL ?? null,
    role: value.ROLE,
    workerThreads: value.WORKER_THREADS,
    tasksPerThread: value.TASKS_PER_THREAD ?? cores.tasksPerThread,
    encodesPerThread: cores.encodesPerThread,
    threadHeapBytes: Math.min(MOST_THREAD_HEAP_BYTES, memory.garbageBytes / value.WORKER_THREADS),
    memoryBytes,
    databaseCacheBytes: value.DATABASE_CACHE_BYTES ?? memory.databaseCacheBytes,
    storage: storageOf(value),
    sources: sourcesOf(value),
    network: { allowPrivateNetworks: value.ALLOW_PRIVATE_NETWORKS, allowedPorts: value.ALLOWED_PORTS },
    nameServers: value.DNS_SERVERS,
    downloads: downloadsOf(value),
    access: accessOf(value),
    webhookSecrets: value.WEBHOOK_SECRET,
    limits: limitsOf(value, memory, cores),
    leaseMs: value.LEASE_SECONDS * 1000,
    shutdownMs: value.SHUTDOWN_SECONDS * 1000,
    retentionMs: value.RETENTION_DAYS * 24 * 60 * 60_000,
    logLevel: value.LOG_LEVEL,
  };
};
