import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Engine, type EngineContext, EngineUnavailable, type Launch } from './engine.ts';
import { mongod, secantusInstalled, secantusRust } from './mongod.ts';
import { downloadedMongod } from './mongod-download.ts';
import { secantusPython } from './secantus-python.ts';

/** In the order in which they are tried. */
export const ENGINES: readonly Engine[] = [mongod, secantusRust, secantusInstalled, downloadedMongod, secantusPython];

const filledAt = (folder: string): number => {
  try {
    return readdirSync(folder).length === 0 ? 0 : statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
};

/** True if the folder is not empty. */
export const hasData = (folder: string): boolean => filledAt(folder) > 0;

/**
 * Engines that already have data come first, the most recently used one at the front: a restart must find its data
 * even if another engine has appeared on PATH.
 */
export const inOrderOfData = (engines: readonly Engine[], dataDirectory: string): Engine[] =>
  engines
    .map((engine) => ({ engine, at: filledAt(path.join(dataDirectory, engine.name)) }))
    .sort((one, other) => other.at - one.at)
    .map(({ engine }) => engine);

export interface EngineAttempt<Result> {
  /** Undefined if none worked. */
  readonly found?: { readonly engine: Engine; readonly result: Result };
  /** Why each of the other engines did not work. */
  readonly refusals: ReadonlyArray<{ readonly engine: Engine; readonly reason: string }>;
}

/**
 * The first engine that can be prepared and for which `use` succeeds. If there is none, engines skipped because of a
 * recent failure are retried.
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

/** The engine that owns the data does not start: starting another one would hide that data. */
export class DataAtRisk extends Error {
  override readonly name = 'DataAtRisk';
}

/**
 * Runs `start` on the engine's folder. A failed first start removes the folder, which would otherwise look like data;
 * a failed start on existing data throws {@link DataAtRisk}.
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
