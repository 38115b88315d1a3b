import { startTestDatabase } from './database.ts';
import { running } from './running-database.ts';

/** Called by Jest once before all tests; workers inherit the environment. */
export default async (): Promise<void> => {
  running.database = await startTestDatabase();
  process.env.TEST_MONGODB_URI = running.database.uri;
};
