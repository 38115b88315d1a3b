import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Engine, type EngineContext, EngineUnavailable, type Launch } from './engine.ts';
import { mongod, secantusRust } from './mongod.ts';
import { downloadedMongod } from './mongod-download.ts';
import { secantusPython } from './secantus-python.ts';

/** In the order in which they are tried. */
export const ENGINES: readonly Engine[] = [mongod, secantusRust, downloadedMongod, secantusPython];

const filledAt = (folder: string): number => {
  try {
    return readdirSync(folder).length === 0 ? 0 : statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
};

/** True when the folder holds anything. */
export const hasData = (folder: string): boolean => filledAt(folder) > 0;

/**
 * The engines whose data is already there come first, the last used before all: data must survive a restart although
 * another engine has appeared on PATH.
 */
export const inOrderOfData = (engines: readonly Engine[], dataDirectory: string): Engine[] =>
  engines
    .map((engine) => ({ engine, at: filledAt(path.join(dataDirectory, engine.name)) }))
    .sort((one, other) => other.at - one.at)
    .map(({ engine }) => engine);

export interface EngineAttempt<Result> {
  /** undefined: none worked. */
  readonly found?: { readonly engine: Engine; readonly result: Result };
  /** What each engine that did not work said. */
  readonly refusals: ReadonlyArray<{ readonly engine: Engine; readonly reason: string }>;
}

/**
 * The first engine that can be prepared and for which `use` works. When none does, those that were skipped because
 * they failed lately get their chance.
 */
export const firstThatWorks = async <Result>(
  engines: readonly Engine[],
  context: EngineContext,
  use: (engine: Engine, launch: Launch) => Promise<Result>,
): Promise<EngineAttempt<Result>> => {
  const refusals = new Map<Engine, string>();
  let candidates = [...engines];
  for (const retryFailed of [false, true]) {
    const skipped: Engine[] = [];
    for (const engine of candidates) {
      try {
        const launch = await engine.prepare({ ...context, retryFailed });
        return { found: { engine, result: await use(engine, launch) }, refusals: list(refusals) };
      } catch (error) {
        if (error instanceof DataAtRisk) throw error;
        refusals.set(engine, error instanceof Error ? error.message : String(error));
        if (error instanceof EngineUnavailable && error.remembered) skipped.push(engine);
      }
    }
    candidates = skipped;
  }
  return { refusals: list(refusals) };
};

const list = (refusals: ReadonlyMap<Engine, string>): Array<{ engine: Engine; reason: string }> =>
  [...refusals].map(([engine, reason]) => ({ engine, reason }));

/** An engine is there, but does not start on the data it has: nothing else may be started in its place. */
export class DataAtRisk extends Error {
  override readonly name = 'DataAtRisk';
}

/**
 * Runs `start` on the engine's folder. A first start that fails leaves no folder behind, which would look like data;
 * a start that fails on existing data throws {@link DataAtRisk}.
 */
export const onFolder = async <Result>(folder: string, start: () => Promise<Result>): Promise<Result> => {
  const existed = hasData(folder);
  mkdirSync(folder, { recursive: true });
  try {
    return await start();
  } catch (error) {
    if (!existed) rmSync(folder, { recursive: true, force: true });
    else throw new DataAtRisk(error instanceof Error ? error.message : String(error), { cause: error });
    throw error;
  }
};
