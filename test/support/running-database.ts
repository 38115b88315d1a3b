import type { TestDatabase } from './database.ts';

/** Passes the database server from setup to teardown, which run in the same process. */
export const running: { database?: TestDatabase } = {};
