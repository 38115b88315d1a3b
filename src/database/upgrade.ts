import type { Collection, Connection } from 'mongoose';
import { AppError } from '../errors.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';

/** Documents of one step, so that an upgrade never holds up a running service for long. */
const DOCUMENTS_PER_STEP = 500;
const VERSIONED = ['requests', 'uploadKeys', 'deliveries'] as const;

interface Versioned {
  readonly _id: string;
  readonly schemaVersion?: number;
}

/** The version of all data. Kept apart, so that a start needs no index over the versions of single documents. */
const META = { collection: 'meta', id: 'schema' };

/**
 * Upgrades data that an earlier release stored, in bounded steps. May be interrupted anywhere, and run on several instances
 * at once, next to instances of the earlier release.
 * @returns how many documents were upgraded
 * @throws AppError `database_unavailable` when a later release has stored data here, before anything is changed
 */
export const upgradeStoredData = async (connection: Connection): Promise<number> => {
  const meta = connection.collection<Versioned>(META.collection);
  const { schemaVersion = 1 } = (await meta.findOne({ _id: META.id })) ?? {};
  if (schemaVersion === SCHEMA_VERSION) return 0;
  if (schemaVersion > SCHEMA_VERSION) {
    throw new AppError(
      'database_unavailable',
      `The stored data has schema version ${schemaVersion}, and this release knows ${SCHEMA_VERSION}: start the release that wrote it, or restore a backup (docs/operations.md).`,
    );
  }
  let upgraded = 0;
  for (const name of VERSIONED) upgraded += await upgradeCollection(connection.collection<Versioned>(name));
  await meta.updateOne({ _id: META.id }, { $max: { schemaVersion: SCHEMA_VERSION } }, { upsert: true });
  return upgraded;
};

/** Walks the ids, so that each step reads a bounded part of the collection. */
const upgradeCollection = async (collection: Collection<Versioned>): Promise<number> => {
  let upgraded = 0;
  let last = '';
  for (;;) {
    const page = await collection
      .find({ _id: { $gt: last } }, { projection: { schemaVersion: 1 } })
      .sort({ _id: 1 })
      .limit(DOCUMENTS_PER_STEP)
      .toArray();
    const final = page.at(-1);
    if (final === undefined) return upgraded;
    last = final._id;
    // Version 1 had no such field. Its documents differ in nothing else, so they only get the number.
    const ids = page.filter((document) => document.schemaVersion === undefined).map(({ _id }) => _id);
    if (ids.length === 0) continue;
    await collection.updateMany(
      { _id: { $in: ids }, schemaVersion: null as never },
      { $set: { schemaVersion: SCHEMA_VERSION } },
    );
    upgraded += ids.length;
  }
};
