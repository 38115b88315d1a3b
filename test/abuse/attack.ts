import type { Target } from './target.ts';
import type { Traffic } from './traffic.ts';

/** What an attack may cost; the rule is that each is a number, or follows from the bytes that were sent. */
export interface Bounds {
  /** Resident memory of the service on top of what it held before, and of its database, in MiB. */
  readonly serviceMiB: number;
  readonly databaseMiB: number;
  /** Growth of all folders of the service, in MiB. */
  readonly diskMiB: (sentMiB: number) => number;
}

export interface Attack<Size> {
  readonly number: number;
  readonly title: string;
  /** A few seconds, for `npm test`; and what `npm run abuse` runs. */
  readonly short: Size;
  readonly full: Size;
  /** A target of its own: variables of the service, and what is closed after it. */
  readonly prepare?: () => Promise<Prepared>;
  readonly bounds: Bounds;
  /** Rejects when the service did something that it must not; resolves to what else was measured, for people. */
  readonly run: (size: Size, context: Context) => Promise<readonly string[]>;
}

export interface Prepared {
  readonly environment: Readonly<Record<string, string>>;
  /** Of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface Context {
  readonly target: Target;
  readonly traffic: Traffic;
  /** Short runs share the machine with others: their times are told, and not judged. */
  readonly judgesTime: boolean;
}

/** Of several attacks in one list. */
// biome-ignore lint/suspicious/noExplicitAny: each attack has a size of its own type.
export type AnyAttack = Attack<any>;

export const MIB = 1024 * 1024;

/** Fails the attack with what went wrong. */
export const demand = (fact: boolean, otherwise: string): void => {
  if (!fact) throw new Error(otherwise);
};

/** Runs the work for every item, so many at a time. */
export const each = async <T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const runner = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
};

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
