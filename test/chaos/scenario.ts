import type { Engine } from '../../src/embedded/engine.ts';

/** What a scenario measured, in the order in which it is shown. */
export type Figures = Readonly<Record<string, string | number>>;

export interface Scenario<Size> {
  readonly number: number;
  readonly title: string;
  /** A few seconds, for `npm test`; and what `npm run chaos` runs. */
  readonly short: Size;
  readonly full: Size;
  /** Resolves to the figures; rejects when an invariant is broken. */
  readonly run: (size: Size, context: Context) => Promise<Figures>;
}

export interface Context {
  readonly storage: 'local' | 's3';
  /** Do not wait for the 30 s after which a delivery that a killed process held is sent again: end them at once. */
  readonly hurry: boolean;
  readonly seed: number;
  /** For the scenario that has a database of its own. */
  readonly engines: readonly Engine[];
}

/** Of several scenarios in one list. */
// biome-ignore lint/suspicious/noExplicitAny: each scenario has a size of its own type.
export type AnyScenario = Scenario<any>;

/** Milliseconds as seconds with one digit. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The time that a promise takes, beside what it resolves to. */
export const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
};
