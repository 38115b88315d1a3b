import type { Connection } from 'mongoose';
import { isDatabaseOutage } from './outage.ts';

type IndexKey = Readonly<Record<string, 1 | -1>>;

/** Indexes that earlier releases made and this one does not read: each costs a write whenever its fields change. */
const RETIRED: Readonly<Record<string, readonly IndexKey[]>> = {
  requests: [{ tenant: 1, createdAt: 1, _id: 1 }, { createdAt: 1 }, { state: 1 }, { schemaVersion: 1 }],
  uploadKeys: [{ schemaVersion: 1 }],
  deliveries: [{ schemaVersion: 1 }],
};

/** What an index of ours has none of: one that has it is someone else's, whatever its name. */
const OPTIONS = ['unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds', 'collation', 'hidden'];

/** The name that the driver gives an index by default. */
const nameOf = (key: IndexKey): string =>
  Object.entries(key)
    .map(([field, direction]) => `${field}_${direction}`)
    .join('_');

const sameKey = (key: IndexKey, other: unknown): boolean => JSON.stringify(key) === JSON.stringify(other);

/**
 * Drops the indexes that only earlier releases used. To be called after this release's own were made, so that instances of
 * an earlier release, which may still run, find one for every query; if one of them makes its indexes again, the next
 * start drops them. Where dropping is not allowed, they stay.
 * @throws the driver's error if the database cannot be reached
 */
export const dropRetiredIndexes = async (connection: Connection): Promise<void> => {
  for (const [name, retired] of Object.entries(RETIRED)) {
    const collection = connection.collection(name);
    try {
      for (const index of await collection.listIndexes().toArray()) {
        if (OPTIONS.some((option) => option in index)) continue;
        if (!retired.some((key) => nameOf(key) === index.name && sameKey(key, index.key))) continue;
        await collection.dropIndex(index.name);
      }
    } catch (error) {
      // There is no such collection yet, another instance was faster, or the user may not drop indexes.
      if (isDatabaseOutage(error)) throw error;
    }
  }
};
