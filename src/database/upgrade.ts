import type { Connection } from 'mongoose';
import { AppError } from '../errors.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';

/** Documents of one step, so that an upgrade never holds up a running service for long. */
const DOCUMENTS_PER_STEP = 500;
const VERSIONED = ['requests', 'uploadKeys', 'deliveries'] as const;

interface Versioned {
  readonly _id: string;
  readonly schemaVersion?: number;
}

/**
 * Upgrades data that an earlier release stored, in bounded steps. May be cut off anywhere, and run on several instances
 * at once, next to instances of the earlier release.
 * @returns how many documents were upgraded
 * @throws AppError `database_unavailable` when a later release has stored data here, before anything is changed
 */
export const upgradeStoredData = async (connection: Connection): Promise<number> => {
  const collections = VERSIONED.map((name) => connection.collection<Versioned>(name));
  for (const collection of collections) {
    const newer = await collection.findOne({ schemaVersion: { $gt: SCHEMA_VERSION } });
    if (newer === null) continue;
    throw new AppError(
      'database_unavailable',
      `The stored data has schema version ${newer.schemaVersion}, and this release knows ${SCHEMA_VERSION}: start the release that wrote it, or restore a backup (docs/operations.md).`,
    );
  }
  let upgraded = 0;
  for (const collection of collections) {
    for (;;) {
      // Version 1 had no such field. Its documents differ in nothing else, so they only get the number.
      const old = await collection
        .find({ schemaVersion: null as never }, { projection: { _id: 1 } })
        .limit(DOCUMENTS_PER_STEP)
        .toArray();
      if (old.length === 0) break;
      const ids = old.map(({ _id }) => _id);
      await collection.updateMany(
        { _id: { $in: ids }, schemaVersion: null as never },
        { $set: { schemaVersion: SCHEMA_VERSION } },
      );
      upgraded += old.length;
    }
  }
  return upgraded;
};
