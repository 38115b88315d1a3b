import { serverIsGiven } from './database.ts';

/** A test of the embedded database: it starts one of its own, and is skipped when the suite runs on a given server. */
export const embeddedTest = serverIsGiven() ? test.skip : test;
