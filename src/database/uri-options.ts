import type { ConnectOptions } from 'mongoose';

/** A write that the majority does not confirm within this time fails, instead of waiting for members to come back. */
const MAJORITY_WITHIN_MS = 10_000;

/** What correctness rests on, whatever the URI says: docs/decisions/0056-what-correctness-needs-of-the-connection.md. */
const REQUIRED: ConnectOptions = {
  readPreference: 'primary',
  // On a primary, with every write acknowledged by the majority, this is enough; never `available`, which counts orphans.
  readConcern: { level: 'local' },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: MAJORITY_WITHIN_MS },
  retryReads: true,
  retryWrites: true,
};

/** Used where the URI says nothing. */
const DEFAULTS: ConnectOptions = {
  appName: 'bulk-image-processor',
  // Longer than an election, which takes up to 12 s.
  serverSelectionTimeoutMS: 15_000,
  connectTimeoutMS: 5_000,
  // A hanging server, which does not even refuse connections, is noticed after this plus connectTimeoutMS; pending
  // operations then fail instead of waiting for socketTimeoutMS.
  heartbeatFrequencyMS: 2_000,
  socketTimeoutMS: 60_000,
  waitQueueTimeoutMS: 10_000,
};

/** The URI's options that would change what is required, in every spelling, each with the value that changes nothing. */
const OVERRIDDEN: ReadonlyMap<string, readonly [name: string, agrees: string | null]> = new Map(
  (
    [
      ['readPreference', 'primary'],
      ['readPreferenceTags', null],
      ['maxStalenessSeconds', null],
      ['readConcernLevel', 'local'],
      ['readConcern', 'local'],
      ['w', 'majority'],
      ['writeConcern', 'majority'],
      ['j', 'true'],
      ['journal', 'true'],
      ['fsync', 'true'],
      ['wtimeout', String(MAJORITY_WITHIN_MS)],
      ['wtimeoutMS', String(MAJORITY_WITHIN_MS)],
      ['retryReads', 'true'],
      ['retryWrites', 'true'],
    ] as const
  ).map(([name, agrees]) => [name.toLowerCase(), [name, agrees]]),
);

export interface ConnectionSettings {
  /** Without the options that are overridden: the driver merges some of them into the ones set in code. */
  readonly uri: string;
  readonly options: ConnectOptions;
  /** Whether the URI says how long to look for a server. */
  readonly ownSelectionTimeout: boolean;
  /** Whether the URI asks for one member alone, whatever set it belongs to. */
  readonly direct: boolean;
  /** What to log about the URI's options, by name only; null when they ask for nothing else. */
  readonly warning: string | null;
}

/** Splits MONGODB_URI into what may be set there and what is set in code. */
export const connectionSettings = (given: string): ConnectionSettings => {
  const queryAt = given.indexOf('?');
  const address = queryAt < 0 ? given : given.slice(0, queryAt);
  const parts = queryAt < 0 ? [] : given.slice(queryAt + 1).split('&');
  const set = new Map<string, string>();
  const kept: string[] = [];
  const ignored = new Set<string>();
  for (const part of parts) {
    const [name, value] = new URLSearchParams(part).entries().next().value ?? ['', ''];
    set.set(name.toLowerCase(), value.toLowerCase());
    const [overridden, agrees] = OVERRIDDEN.get(name.toLowerCase()) ?? [];
    if (overridden === undefined) kept.push(part);
    else if (value.toLowerCase() !== agrees) ignored.add(overridden);
  }
  // DocumentDB before 8.0.2 refuses retryable writes, so this one is for the URI to say.
  const withoutRetries = set.get('retrywrites') === 'false';
  if (withoutRetries) ignored.delete('retryWrites');
  const defaults = Object.entries(DEFAULTS).filter(([name]) => !set.has(name.toLowerCase()));
  return {
    uri: kept.length === 0 ? address : `${address}?${kept.join('&')}`,
    options: { ...Object.fromEntries(defaults), ...REQUIRED, ...(withoutRetries ? { retryWrites: false } : {}) },
    ownSelectionTimeout: set.has('serverselectiontimeoutms'),
    direct: set.get('directconnection') === 'true',
    warning: warningOf([...ignored], withoutRetries),
  };
};

const warningOf = (ignored: readonly string[], withoutRetries: boolean): string | null => {
  const warnings = [
    ignored.length > 0 &&
      `${ignored.join(', ')} of MONGODB_URI ${ignored.length === 1 ? 'is' : 'are'} ignored: the service reads from the primary, its writes wait for the journal of the majority, and both are retried.`,
    withoutRetries &&
      'retryWrites=false of MONGODB_URI is kept, because Amazon DocumentDB before 8.0.2 needs it; remove it elsewhere, so that writes outlast an election.',
  ].filter((warning) => warning !== false);
  return warnings.length === 0 ? null : `WARNING: ${warnings.join(' ')}`;
};
