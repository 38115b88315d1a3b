import { randomUUID } from 'node:crypto';
import { connect } from '../../src/database/connect.ts';
import { missingCapabilities } from './capabilities.ts';
import { primaryOf, startTestDatabase } from './database.ts';
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
  const uri = databaseUri(given || (running.database?.uri ?? ''), `${prefix}shared`);
  process.env.TEST_MONGODB_URI = uri;
  const connection = await connect(uri, () => undefined);
  process.env.TEST_SERVER_LACKS = (await missingCapabilities(connection)).join(',');
  // A replica set is given with several hosts, and some tests stand in front of one.
  process.env.TEST_PRIMARY = await primaryOf(connection);
  await connection.close();
};
