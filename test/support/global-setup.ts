import { randomUUID } from 'node:crypto';
import { startTestDatabase } from './database.ts';
import { databaseUri } from './database-uri.ts';
import { running } from './running-database.ts';

/** Called by Jest once before all tests; workers inherit the environment. */
export default async (): Promise<void> => {
  // A fixed-length, unlikely prefix: all databases that start with it are dropped on a given server.
  const prefix = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}_`;
  const given = process.env.TEST_MONGODB_URI;
  if (given) running.given = { uri: given, prefix };
  else running.database = await startTestDatabase();
  process.env.TEST_SERVER_IS_GIVEN = given ? 'yes' : '';
  process.env.TEST_DATABASE_PREFIX = prefix;
  // Tests that start the service with this address share a database; the one that a user named stays untouched.
  process.env.TEST_MONGODB_URI = databaseUri(given || (running.database?.uri ?? ''), `${prefix}shared`);
};
