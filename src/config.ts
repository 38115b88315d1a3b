import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type PortRange, parsePortRange } from './network/policy.ts';
import { parseHttpUrl } from './network/url.ts';
import type { S3SourceConfig } from './storage/s3-source.ts';
import type { StorageConfig } from './storage/storage.ts';
import { isValidSecret } from './webhooks/sign.ts';

/** Thrown by {@link loadConfig} with every fault of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

const wholeNumber = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .default(fallback);

const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .default([]);

/** A range, a single address, or one of the names that Express knows for ranges. */
const isProxy = (text: string): boolean => ['loopback', 'linklocal', 'uniquelocal'].includes(text) || isNetwork(text);

/** `true` is not taken: it would believe every X-Forwarded-For, and so let every client choose its own address. */
const trustProxy = z
  .string()
  .transform((text): TrustProxy => {
    if (text === 'false' || text === '0') return false;
    return /^\d+$/.test(text) ? Number(text) : text.split(',').map((item) => item.trim());
  })
  .refine(
    (value) => (typeof value === 'number' ? value <= 10 : value === false || value.every(isProxy)),
    'must be the number of proxies in front (1 to 10), or their addresses, comma-separated',
  )
  .default(false);

const isOrigin = (text: string): boolean => text === '*' || parseHttpUrl(text)?.origin === text;

/** What a header can carry, without spaces: keys travel in `Authorization` and `X-Api-Key`. */
const isKey = (text: string): boolean => /^[\x21-\x7e]{1,512}$/.test(text);

const isNetwork = (text: string): boolean => {
  try {
    ipaddr.parseCIDR(text);
    return true;
  } catch {
    return ipaddr.isValid(text);
  }
};

const httpUrl = z
  .string()
  .refine((text) => parseHttpUrl(text) !== null, 'must be an http(s) URL')
  .transform((text) => text.replace(/\/+$/, ''));

const isBucketName = (text: string): boolean => /^[A-Za-z0-9][\w.-]{1,254}$/.test(text);
const bucketName = z.string().refine(isBucketName, 'must be the name of a bucket');
const isKeyPrefix = (text: string): boolean =>
  text === '' || (/^[\w./-]+$/.test(text) && text.split('/').every((part) => !/^\.{0,2}$/.test(part)));

/** Those whose objects can be read at once; archives cannot be served. */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
] as const;

const MIB = 1024 * 1024;

/** One entry a variable; README and `.env.example` list the same, held together by a test. */
const schema = z.object({
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
    .optional(),
  DATA_DIR: z.string().default('data'),
  PORT: wholeNumber(3000, 0, 65_535),
  HOST: z.string().default('0.0.0.0'),
  PUBLIC_URL: httpUrl.optional(),
  WORKER_THREADS: wholeNumber(3, 1, 64),
  TASKS_PER_THREAD: wholeNumber(8, 1, 64),
  ROLE: z.enum(['all', 'api', 'worker'], 'must be all, api or worker').default('all'),
  STORAGE: z.enum(['local', 's3'], 'must be "local" or "s3"').default('local'),
  PROCESSED_DIR: z.string().default('processed_images'),
  S3_BUCKET: bucketName.optional(),
  S3_ENDPOINT: httpUrl.optional(),
  S3_REGION: z
    .string()
    .regex(/^[\w-]+$/, 'must be a region such as eu-central-1')
    .optional(),
  S3_PREFIX: z
    .string()
    .transform((text) => text.replace(/^\/+|\/+$/g, ''))
    .refine(isKeyPrefix, 'must be a path such as shop/images, of letters, digits, ".", "_", "-" and "/"')
    .default(''),
  S3_PUBLIC_URL: httpUrl.optional(),
  S3_FORCE_PATH_STYLE: z.enum(['true', 'false'], 'must be "true" or "false"').optional(),
  S3_PRESIGN_SECONDS: wholeNumber(900, 0, 604_800),
  S3_SSE: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse'], 'must be "AES256", "aws:kms" or "aws:kms:dsse"').optional(),
  S3_SSE_KMS_KEY_ID: z.string().optional(),
  S3_STORAGE_CLASS: z.enum(STORAGE_CLASSES, `must be one of ${STORAGE_CLASSES.join(', ')}`).optional(),
  S3_SOURCE_BUCKETS: list.refine((items) => items.every(isBucketName), 'must be bucket names, comma-separated'),
  ALLOW_PRIVATE_NETWORKS: list.refine(
    (items) => items.every(isNetwork),
    'must be CIDRs such as 10.0.0.0/8, comma-separated',
  ),
  ALLOWED_PORTS: list
    .refine(
      (items) => items.every((item) => parsePortRange(item) !== null),
      'must be ports such as 443 or ranges such as 8000-8999, comma-separated',
    )
    .transform((items) => items.map(parsePortRange).filter((range) => range !== null)),
  API_KEYS: list.refine((keys) => keys.every(isKey), 'must be keys of printable ASCII without spaces, comma-separated'),
  RATE_LIMIT_UPLOADS_PER_MINUTE: wholeNumber(600, 0, 1_000_000),
  MAX_QUEUED_IMAGES: wholeNumber(5_000_000, 1, 1_000_000_000),
  TRUST_PROXY: trustProxy,
  CORS_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be origins such as https://shop.example without a path, comma-separated, or *',
  ),
  WEBHOOK_SECRET: z.string().refine(isValidSecret, 'must be whsec_ and 24 to 64 bytes in base64').optional(),
  MAX_UPLOAD_BYTES: wholeNumber(256 * MIB, 1, 4096 * MIB),
  MAX_ROWS: wholeNumber(1_000_000, 1, 10_000_000),
  MAX_URLS: wholeNumber(1_000_000, 1, 10_000_000),
  MAX_ROW_BYTES: wholeNumber(MIB, 1, 64 * MIB),
  MAX_COLUMNS: wholeNumber(1_000, 3, 100_000),
  MAX_IMAGE_BYTES: wholeNumber(50 * MIB, 1, 1024 * MIB),
  MAX_IMAGE_PIXELS: wholeNumber(100_000_000, 1, 1_000_000_000),
  MAX_PIXELS_IN_FLIGHT: wholeNumber(100_000_000, 1, 100_000_000_000),
  MAX_DOWNLOAD_SECONDS: wholeNumber(60, 1, 3600),
  MAX_REDIRECTS: wholeNumber(5, 0, 20),
  MAX_CONNECTIONS_PER_ORIGIN: wholeNumber(6, 1, 256),
  MAX_ATTEMPTS: wholeNumber(5, 1, 20),
  LEASE_SECONDS: wholeNumber(30, 2, 3600),
  SHUTDOWN_SECONDS: wholeNumber(10, 1, 300),
  RETENTION_DAYS: wholeNumber(0, 0, 36_500),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export const VARIABLES: readonly string[] = Object.keys(schema.shape);

/** Whose X-Forwarded-For is believed: nobody's, that many proxies', or those at these addresses. */
export type TrustProxy = false | number | readonly string[];

export interface Config {
  /** null: the embedded server under `dataDirectory`. */
  readonly mongodbUri: string | null;
  readonly dataDirectory: string;
  readonly port: number;
  readonly host: string;
  /** Prefix of output URLs without a slash at its end; null: `http://localhost:<port listened on>`. */
  readonly publicUrl: string | null;
  /** `api` serves HTTP and works on nothing, `worker` works and answers its probes only, `all` does both. */
  readonly role: 'all' | 'api' | 'worker';
  readonly workerThreads: number;
  readonly tasksPerThread: number;
  readonly storage: StorageConfig;
  /** `s3://` sources; no buckets: there are none. */
  readonly sources: S3SourceConfig;
  readonly network: {
    readonly allowPrivateNetworks: readonly string[];
    /** Empty: every port. */
    readonly allowedPorts: readonly PortRange[];
  };
  readonly access: {
    /** Empty: the API is open. */
    readonly apiKeys: readonly string[];
    /** For each key or address; 0: no limit. */
    readonly uploadsPerMinute: number;
    readonly trustProxy: TrustProxy;
    /** Origins whose pages may call the API; empty: none but its own. */
    readonly corsOrigins: readonly string[];
  };
  readonly webhookSecret: string | null;
  readonly limits: {
    readonly maxUploadBytes: number;
    readonly maxRows: number;
    readonly maxUrls: number;
    /** Bytes of one row of the CSV, and its cells. */
    readonly maxRowBytes: number;
    readonly maxColumns: number;
    /** Unfinished images of each key, or of all together when the API is open. */
    readonly maxQueuedImages: number;
    readonly maxImageBytes: number;
    readonly maxPixels: number;
    /** Pixels decoded at the same time, over all threads of the instance. */
    readonly maxPixelsInFlight: number;
    readonly maxDownloadSeconds: number;
    readonly maxRedirects: number;
    readonly maxConnectionsPerOrigin: number;
    readonly maxAttempts: number;
  };
  readonly leaseMs: number;
  readonly shutdownMs: number;
  /** How long finished requests are kept with all that belongs to them; 0: for ever. */
  readonly retentionMs: number;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
}

/**
 * Reads and checks the whole environment; the only place that does.
 * An empty variable counts as not set, so that `MONGODB_URI=` in a `.env` means the default.
 * @throws ConfigError naming every variable that is wrong
 */
export const loadConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const set = Object.fromEntries(
    VARIABLES.map((name) => [name, env[name]?.trim()] as const).filter(
      ([, value]) => value !== undefined && value !== '',
    ),
  );
  const parsed = schema.safeParse(set);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [];
  if ((set.ROLE === 'api' || set.ROLE === 'worker') && set.MONGODB_URI === undefined) {
    faults.push(`ROLE ${set.ROLE} needs MONGODB_URI: an embedded database is not shared with other instances`);
  }
  if (parsed.success) faults.push(...s3Faults(parsed.data));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const value = parsed.data;
  return {
    mongodbUri: value.MONGODB_URI ?? null,
    dataDirectory: value.DATA_DIR,
    port: value.PORT,
    host: value.HOST,
    publicUrl: value.PUBLIC_URL ?? null,
    role: value.ROLE,
    workerThreads: value.WORKER_THREADS,
    tasksPerThread: value.TASKS_PER_THREAD,
    storage: storageOf(value),
    sources: { connection: connectionOf(value), buckets: value.S3_SOURCE_BUCKETS },
    network: { allowPrivateNetworks: value.ALLOW_PRIVATE_NETWORKS, allowedPorts: value.ALLOWED_PORTS },
    access: {
      apiKeys: value.API_KEYS,
      uploadsPerMinute: value.RATE_LIMIT_UPLOADS_PER_MINUTE,
      trustProxy: value.TRUST_PROXY,
      corsOrigins: value.CORS_ORIGINS,
    },
    webhookSecret: value.WEBHOOK_SECRET ?? null,
    limits: {
      maxUploadBytes: value.MAX_UPLOAD_BYTES,
      maxRows: value.MAX_ROWS,
      maxUrls: value.MAX_URLS,
      maxRowBytes: value.MAX_ROW_BYTES,
      maxColumns: value.MAX_COLUMNS,
      maxQueuedImages: value.MAX_QUEUED_IMAGES,
      maxImageBytes: value.MAX_IMAGE_BYTES,
      maxPixels: value.MAX_IMAGE_PIXELS,
      maxPixelsInFlight: value.MAX_PIXELS_IN_FLIGHT,
      maxDownloadSeconds: value.MAX_DOWNLOAD_SECONDS,
      maxRedirects: value.MAX_REDIRECTS,
      maxConnectionsPerOrigin: value.MAX_CONNECTIONS_PER_ORIGIN,
      maxAttempts: value.MAX_ATTEMPTS,
    },
    leaseMs: value.LEASE_SECONDS * 1000,
    shutdownMs: value.SHUTDOWN_SECONDS * 1000,
    retentionMs: value.RETENTION_DAYS * 24 * 60 * 60_000,
    logLevel: value.LOG_LEVEL,
  };
};

type Values = z.infer<typeof schema>;

/** Faults that no variable has alone. */
const s3Faults = (value: Values): string[] => {
  const faults: string[] = [];
  if (value.STORAGE === 's3' && value.S3_BUCKET === undefined) {
    faults.push('S3_BUCKET must name the bucket for the outputs, because STORAGE is "s3"');
  }
  if (value.S3_SSE_KMS_KEY_ID !== undefined && !value.S3_SSE?.startsWith('aws:kms')) {
    faults.push('S3_SSE_KMS_KEY_ID must stand beside S3_SSE=aws:kms, or be left out');
  }
  return faults;
};

const connectionOf = (value: Values): S3SourceConfig['connection'] => ({
  endpoint: value.S3_ENDPOINT ?? null,
  region: value.S3_REGION ?? null,
  // Stores of one's own seldom have a name for each bucket.
  forcePathStyle:
    value.S3_FORCE_PATH_STYLE === undefined ? value.S3_ENDPOINT !== undefined : value.S3_FORCE_PATH_STYLE === 'true',
});

const storageOf = (value: Values): StorageConfig => {
  if (value.STORAGE === 'local' || value.S3_BUCKET === undefined) {
    return { kind: 'local', directory: value.PROCESSED_DIR };
  }
  return {
    kind: 's3',
    connection: connectionOf(value),
    bucket: value.S3_BUCKET,
    prefix: value.S3_PREFIX === '' ? '' : `${value.S3_PREFIX}/`,
    publicUrl: value.S3_PUBLIC_URL ?? null,
    presignSeconds: value.S3_PRESIGN_SECONDS,
    encryption: value.S3_SSE ?? null,
    kmsKeyId: value.S3_SSE_KMS_KEY_ID ?? null,
    storageClass: value.S3_STORAGE_CLASS ?? null,
  };
};
