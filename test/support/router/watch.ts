import type mongoose from 'mongoose';
import type { violationOf as Rules } from './rules.ts';

/*
 * Every connection that a test opens in its own process, for the service or for itself, is held to the rules of a sharded
 * cluster. Loaded with mongoose and not before: most test files need no database.
 */
const mockViolations = new Set<string>();

jest.mock('mongoose', () => {
  const actual = jest.requireActual<{ default: typeof mongoose }>('mongoose');
  const { violationOf } = jest.requireActual<{ violationOf: typeof Rules }>('./rules.ts');
  const open = actual.default.createConnection.bind(actual.default) as (
    uri: string,
    options: mongoose.ConnectOptions,
  ) => mongoose.Connection;
  actual.default.createConnection = ((uri: string, options?: mongoose.ConnectOptions) => {
    const connection = open(uri, { ...options, monitorCommands: true });
    connection.on('commandStarted', ({ command }: mongoose.mongo.CommandStartedEvent) => {
      const violation = violationOf(command);
      if (violation !== undefined) mockViolations.add(violation);
    });
    return connection;
  }) as typeof mongoose.createConnection;
  return actual;
});

/** What was found since the last call. */
export const takeViolations = (): string[] => {
  const found = [...mockViolations];
  mockViolations.clear();
  return found;
};

const report = (): void => {
  const found = takeViolations();
  if (found.length > 0) throw new Error(`A router of a sharded cluster would object:\n- ${found.join('\n- ')}`);
};
afterEach(report);
afterAll(report);
