import type { TestDatabase } from './database.ts';

/** Hands the server of this run from the setup to the teardown, which share one process. */
export const running: { database?: TestDatabase } = {};
