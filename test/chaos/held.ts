import { waitFor } from '../support/service.ts';
import type { World } from './world.ts';

/** Images under a lease at some moment, with the token of that lease. */
export interface Held {
  readonly _id: string;
  readonly leaseToken: string;
}

const LONGEST_RECOVERY_MS = 120_000;

/** What is in work now; with a slot, only what that instance holds. */
export const heldNow = async ({ connection, audit }: World, slot?: number): Promise<Held[]> => {
  const found = await connection
    .collection<{ _id: string; leaseToken?: string }>('images')
    .find({ nextAt: { $gt: new Date(86_400_000) } }, { projection: { leaseToken: 1 } })
    .toArray();
  return found.flatMap(({ _id, leaseToken }) =>
    leaseToken !== undefined && (slot === undefined || audit.tokensOf(slot).has(leaseToken))
      ? [{ _id, leaseToken }]
      : [],
  );
};

/** Waits until each of these images was finished or leased anew. */
export const recovered = async ({ connection }: World, held: readonly Held[]): Promise<void> => {
  if (held.length === 0) return;
  const ids = held.map(({ _id }) => _id);
  const tokens = [...new Set(held.map(({ leaseToken }) => leaseToken))];
  const images = connection.collection<{ _id: string }>('images');
  await waitFor(
    async () => (await images.countDocuments({ _id: { $in: ids }, leaseToken: { $in: tokens } })) === 0,
    LONGEST_RECOVERY_MS,
  );
};
