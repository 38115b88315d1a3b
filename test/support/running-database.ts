import type { TestDatabase } from './database.ts';

/** Passes the database server from setup to teardown, which run in the same process. */
export const running: {
  database?: TestDatabase;
  /** A server that was given with TEST_MONGODB_URI, and how the names of this run's databases start. */
  given?: { readonly uri: string; readonly prefix: string };
} = {};
