import { connect, withoutSecrets } from '../../src/database/connect.ts';
import { mongod, secantusRust } from '../../src/embedded/mongod.ts';
import { primaryOf, serverIsGiven, startTestDatabase, TEST_ENGINES, type TestDatabase } from '../support/database.ts';
import { killInstances } from '../support/instance.ts';
import { type AnyScenario, type Figures, seconds } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** Without Jest, the fastest engine available. */
const ENGINES = [mongod, secantusRust, ...TEST_ENGINES];

export interface Options {
  /** Numbers of the scenarios to run. Undefined: all, and the first one also on S3 if there is a server for it. */
  readonly only?: readonly number[] | undefined;
  readonly storage: 'local' | 's3';
  readonly size: 'short' | 'full';
  readonly seed: number;
}

interface Row {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const nameOf = ({ number, title }: AnyScenario, storage: string): string =>
  `${number}. ${title}${storage === 's3' ? ', on S3' : ''}`;

const runOne = async (scenario: AnyScenario, storage: 'local' | 's3', { size, seed }: Options): Promise<Row> => {
  const name = nameOf(scenario, storage);
  print(`\n— ${name}`);
  const begun = performance.now();
  try {
    const figures: Figures = await scenario.run(scenario[size], {
      storage,
      seed,
      hurry: size === 'short',
      engines: ENGINES,
    });
    for (const [what, value] of Object.entries(figures)) print(`  ${what}: ${value}`);
    const text = Object.entries(figures).map(([what, value]) => `${what}: ${value}`);
    return { name, ok: true, text: text.join('; ') };
  } catch (error) {
    print(`  FAILED after ${seconds(performance.now() - begun)}: ${(error as Error).stack}`);
    return { name, ok: false, text: String((error as Error).message).split('\n')[0] ?? '' };
  } finally {
    await killInstances();
  }
};

/** The server that TEST_MONGODB_URI names; each scenario drops its database there. */
const givenDatabase = async (): Promise<TestDatabase> => {
  process.env.TEST_SERVER_IS_GIVEN = 'yes';
  const uri = process.env.TEST_MONGODB_URI ?? '';
  const connection = await connect(uri, () => {});
  process.env.TEST_PRIMARY = await primaryOf(connection);
  await connection.close();
  return { uri, engine: withoutSecrets(uri), stop: async () => {} };
};

/** Runs the scenarios in sequence and prints their figures as a table; true if all passed. */
export const runChaos = async (options: Options): Promise<boolean> => {
  // Only the scenarios kill the instances, which would otherwise outlive an interrupted run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void killInstances().finally(() => process.exit(1)));
  }
  const { only, storage } = options;
  const chosen = SCENARIOS.filter(({ number }) => only === undefined || only.includes(number));
  const database = process.env.TEST_MONGODB_URI ? await givenDatabase() : await startTestDatabase(ENGINES);
  process.env.TEST_MONGODB_URI = database.uri;
  print(`Database: ${database.engine}. Seed: ${options.seed}.`);
  const rows: Row[] = [];
  try {
    for (const scenario of chosen) {
      if (scenario.ownDatabase && serverIsGiven()) {
        print(`\nSKIPPED: ${nameOf(scenario, storage)}. It kills a database of its own, not TEST_MONGODB_URI.`);
      } else rows.push(await runOne(scenario, storage, options));
    }
    if (only === undefined && storage === 'local') {
      const [first] = SCENARIOS;
      if (process.env.TEST_S3_SERVER === undefined) print('\nSKIPPED: scenario 1 on S3. It needs versitygw, or Go.');
      else if (first !== undefined) rows.push(await runOne(first, 's3', options));
    }
  } finally {
    await database.stop();
  }
  print('\n| scenario | held | figures |\n| --- | --- | --- |');
  for (const { name, ok, text } of rows) print(`| ${name} | ${ok ? 'yes' : '**no**'} | ${text} |`);
  return rows.every(({ ok }) => ok);
};
