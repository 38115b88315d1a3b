import type { Target } from './target.ts';
import type { Traffic } from './traffic.ts';

/** What an attack may cost: constants, or in proportion to the bytes sent. */
export interface Bounds {
  /** Growth of the resident memory of the service and of its database, in MiB. */
  readonly serviceMiB: number;
  readonly databaseMiB: number;
  /** Growth of all folders of the service, in MiB. */
  readonly diskMiB: (sentMiB: number) => number;
}

export interface Attack<Size> {
  readonly number: number;
  readonly title: string;
  /** `short` takes a few seconds, for `npm test`; `full` is for `npm run abuse`. */
  readonly short: Size;
  readonly full: Size;
  /** For attacks that need their own target. */
  readonly prepare?: () => Promise<Prepared>;
  readonly bounds: Bounds;
  /** Rejects if the service misbehaved; resolves to further measurements, for people. */
  readonly run: (size: Size, context: Context) => Promise<readonly string[]>;
}

export interface Prepared {
  readonly environment: Readonly<Record<string, string>>;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface Context {
  readonly target: Target;
  readonly traffic: Traffic;
  /** False for short runs, which share the machine with other tests: their times are reported but not asserted. */
  readonly checksTime: boolean;
}

/** For lists of attacks. */
// biome-ignore lint/suspicious/noExplicitAny: each attack has its own size type.
export type AnyAttack = Attack<any>;

export const MIB = 1024 * 1024;

/** Fails the attack unless the condition holds. */
export const demand = (condition: boolean, failure: string): void => {
  if (!condition) throw new Error(failure);
};

/** Runs the work for every item, `atOnce` at a time. */
export const each = async <T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const runner = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
};

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
