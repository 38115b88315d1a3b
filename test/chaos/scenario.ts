import type { Engine } from '../../src/embedded/engine.ts';

/** Figures that a scenario measured, in display order. */
export type Figures = Readonly<Record<string, string | number>>;

export interface Scenario<Size> {
  readonly number: number;
  readonly title: string;
  /** It starts and kills a database of its own, so it cannot run on a given server. */
  readonly ownDatabase?: boolean;
  /** `short` takes a few seconds, for `npm test`; `full` is for `npm run chaos`. */
  readonly short: Size;
  readonly full: Size;
  /** Resolves to the figures; rejects if an invariant is violated. */
  readonly run: (size: Size, context: Context) => Promise<Figures>;
}

export interface Context {
  readonly storage: 'local' | 's3';
  /** Expire the delivery leases of killed processes immediately instead of waiting 30 s. */
  readonly hurry: boolean;
  readonly seed: number;
  /** For the scenario with its own database. */
  readonly engines: readonly Engine[];
}

/** For lists of scenarios. */
// biome-ignore lint/suspicious/noExplicitAny: each scenario has its own size type.
export type AnyScenario = Scenario<any>;

/** Milliseconds as seconds with one decimal. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The duration of a promise together with its result. */
export const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
};
