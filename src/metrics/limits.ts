/** What can limit the rate of images; `nothing`: all images there are run, and none waits. */
export const LIMITS = ['cores', 'memory', 'host', 'storage', 'database', 'nothing'] as const;
export type Limit = (typeof LIMITS)[number];

/** One look at what the images of this instance wait for. */
export interface LoadSample {
  /** Whether there is work. */
  readonly isBusy: boolean;
  /** Whether more images would run if something gave way. */
  readonly moreWait: boolean;
  readonly isDatabaseDown: boolean;
  readonly isStorageDown: boolean;
  /** The busiest of: the process's share of all cores, its main thread, its worker threads; 0 to 1. */
  readonly cpu: number;
  readonly encoding: number;
  readonly awaitingEncode: number;
  readonly awaitingMemory: number;
  readonly storing: number;
  /** Images that wait for their hosts: for a name, a permit or a download. */
  readonly atHosts: number;
  /** The host that most of them wait for; null: not known. */
  readonly host: string | null;
  /** Places that results hold until they are written, and those for which images are being claimed. */
  readonly atDatabase: number;
}

/** As busy as the garbage collector and the system let one be. */
const BUSY_CPU = 0.85;

/**
 * What limits the rate at the moment; null without work. An outage comes first. Then the cores: as long as they are busy, or an
 * image waits for its turn on them, nothing else would make it faster. Then the memory, for which images wait that could use the
 * cores. Of the others, what most images wait for, if there are more images than those that run.
 */
export const limitOf = (sample: LoadSample): Limit | null => {
  const { atHosts, storing, atDatabase, encoding, awaitingEncode } = sample;
  if (!sample.isBusy) return null;
  if (sample.isDatabaseDown) return 'database';
  if (sample.isStorageDown) return 'storage';
  if (sample.cpu >= BUSY_CPU || (encoding > 0 && awaitingEncode > 0)) return 'cores';
  if (sample.awaitingMemory > 0) return 'memory';
  if (!sample.moreWait) return 'nothing';
  const most = Math.max(atHosts, storing, atDatabase);
  if (most === 0) return encoding > 0 ? 'cores' : 'nothing';
  if (most === atHosts) return 'host';
  return most === storing ? 'storage' : 'database';
};

const WINDOW_MS = 60_000;

interface Entry {
  readonly at: number;
  readonly limit: Limit | null;
  readonly host: string | null;
  readonly finished: number;
}

export interface LoadSummary {
  /** Images that finished in the last minute, divided by its seconds. */
  readonly imagesPerSecond: number;
  /** Shares of the samples of the last minute, 0 to 1. What is missing from 1 is the time without work. */
  readonly shares: Readonly<Record<Limit, number>>;
  /** What limited longest; null without work. */
  readonly limit: Limit | null;
  /** The host that limited for most of the time in which one did; null: several in turn, or none. */
  readonly host: string | null;
}

export type LoadWindow = ReturnType<typeof createLoadWindow>;

/**
 * The samples of the last minute.
 * @param now milliseconds that never go back
 */
export const createLoadWindow = (now: () => number) => {
  const begun = now();
  let entries: readonly Entry[] = [];
  let finished = 0;

  const recent = (): readonly Entry[] => entries.filter(({ at }) => at > now() - WINDOW_MS);

  return {
    /** An image has finished, completed or failed. */
    finished(): void {
      finished += 1;
    },
    add(sample: LoadSample): void {
      const limit = limitOf(sample);
      entries = [...recent(), { at: now(), limit, host: limit === 'host' ? sample.host : null, finished }];
      finished = 0;
    },
    summary(): LoadSummary {
      const samples = recent();
      const images = samples.reduce((sum, entry) => sum + entry.finished, finished);
      const seconds = Math.min(WINDOW_MS, Math.max(1_000, now() - begun)) / 1_000;
      const count = (limit: Limit): number => samples.filter((entry) => entry.limit === limit).length;
      const counts = LIMITS.map((limit) => [limit, count(limit)] as const);
      const [longest] = counts.toSorted(([, one], [, other]) => other - one);
      const hosts = samples.flatMap(({ host }) => host ?? []);
      const host = hosts.find((one) => hosts.filter((other) => other === one).length > count('host') / 2);
      return {
        imagesPerSecond: images / seconds,
        shares: Object.fromEntries(
          counts.map(([limit, times]) => [limit, times / Math.max(1, samples.length)]),
        ) as Record<Limit, number>,
        limit: longest !== undefined && longest[1] > 0 ? longest[0] : null,
        host: host ?? null,
      };
    },
  };
};
