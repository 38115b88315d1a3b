import type { Connection } from 'mongoose';

/** What some engines lack and a few tests need, by its name in TEST_SERVER_LACKS. */
const PROBES: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
  explain: (connection) => connection.collection('probe').find().explain('executionStats'),
};

/** Names of what this server lacks, found by trying it. */
export const missingCapabilities = async (connection: Connection): Promise<string[]> => {
  const missing: string[] = [];
  for (const [name, probe] of Object.entries(PROBES)) {
    await probe(connection).catch(() => missing.push(name));
  }
  return missing;
};

/** A test that needs what not every engine has; skipped where global-setup.ts found it missing. */
export const testNeeding = (capability: 'explain'): typeof test =>
  (process.env.TEST_SERVER_LACKS ?? '').split(',').includes(capability) ? test.skip : test;
