import type { Connection } from 'mongoose';

const RECORD = { collection: 'meta', id: 'instances' };
/** Beats of instances that died are removed; far longer than an instance may be silent. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;
const DUPLICATE_KEY = 11000;

interface BeatsRecord {
  readonly _id: string;
  readonly beats?: Readonly<Record<string, Date>>;
}

export interface InstanceBeats {
  /** Writes that the instance was alive then, and returns when each was, this one included. */
  beat(id: string, at: Date): Promise<ReadonlyMap<string, Date>>;
  leave(id: string): Promise<void>;
}

/**
 * When each instance that downloads was last alive, in one document: a beat is one command, which writes its own field and
 * returns those of the others.
 */
export const createInstanceBeats = (connection: Connection): InstanceBeats => {
  const records = connection.collection<BeatsRecord>(RECORD.collection);
  let forgotten: readonly string[] = [];

  const write = (id: string, at: Date): Promise<BeatsRecord | null> =>
    records.findOneAndUpdate(
      { _id: RECORD.id },
      {
        $set: { [`beats.${id}`]: at },
        ...(forgotten.length > 0 && { $unset: Object.fromEntries(forgotten.map((other) => [`beats.${other}`, ''])) }),
      },
      { upsert: true, returnDocument: 'after' },
    );

  return {
    async beat(id, at) {
      const record = await write(id, at).catch((error: { code?: unknown }) => {
        // Two first beats at once: the other one has made the document.
        if (error.code === DUPLICATE_KEY) return write(id, at);
        throw error;
      });
      const beats = new Map(Object.entries(record?.beats ?? {}));
      const since = at.getTime() - FORGOTTEN_AFTER_MS;
      forgotten = [...beats].filter(([other, seen]) => other !== id && seen.getTime() < since).map(([other]) => other);
      return beats;
    },
    async leave(id) {
      await records.updateOne({ _id: RECORD.id }, { $unset: { [`beats.${id}`]: '' } });
    },
  };
};
