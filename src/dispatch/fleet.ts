import type { InstanceBeats } from '../database/instance-beats.ts';

/** How often it is to be looked whether a beat is due. */
export const LOOK_MS = 1_000;
/** How often an instance says that it lives; at every look for a while after one has come or gone. */
const BEAT_MS = 5_000;
const RESTLESS_MS = 10_000;
/** An instance that has not said so for this long counts no more. */
export const DEAD_AFTER_MS = 3 * BEAT_MS;

export type Fleet = ReturnType<typeof createFleet>;

/** For the only instance of an embedded database, whose folder is locked. It need not wait for those that died before it. */
export const LONE_INSTANCE: Fleet = { look: async () => {}, share: (bound) => bound, leave: async () => {} };

/**
 * Divides a bound among the instances that download, so that together they stay within it. A new instance has a share of 1
 * until all others have beaten since it came, and so know of it.
 * @param id of this instance; a name of a field, without dots
 * @param now the database's clock
 */
export const createFleet = (store: InstanceBeats, id: string, now: () => Date) => {
  /** Its own first beat; null before that. */
  let joinedAt: number | null = null;
  let beatenAt = Number.NEGATIVE_INFINITY;
  let changedAt = Number.NEGATIVE_INFINITY;
  let instances = 0;
  let isKnown = false;

  return {
    /** To be called every {@link LOOK_MS}. Rejects when the database fails; the last share holds then. */
    async look(): Promise<void> {
      const at = now().getTime();
      if (at - changedAt > RESTLESS_MS && at - beatenAt < BEAT_MS) return;
      const beats = await store.beat(id, new Date(at));
      beatenAt = at;
      joinedAt ??= at;
      const others = [...beats].filter(([other, seen]) => other !== id && seen.getTime() > at - DEAD_AFTER_MS);
      if (others.length + 1 !== instances) changedAt = at;
      instances = others.length + 1;
      const since = joinedAt;
      isKnown ||= others.every(([, seen]) => seen.getTime() >= since);
    },
    /** @returns its part of `bound`, at least 1 */
    share: (bound: number): number => (isKnown ? Math.max(1, Math.floor(bound / instances)) : 1),
    /** The others may have its share. */
    leave: (): Promise<void> => store.leave(id),
  };
};
