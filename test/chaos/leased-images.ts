import { ACROSS_REQUESTS } from '../support/router/rules.ts';
import { waitFor } from '../support/service.ts';
import type { World } from './world.ts';

/** An image under a lease, with the lease's token. */
export interface LeasedImage {
  readonly _id: string;
  readonly leaseToken: string;
}

const LONGEST_RECOVERY_MS = 120_000;

/** The images in flight; with a slot, only those leased by that instance. */
export const leasedImages = async ({ connection, audit }: World, slot?: number): Promise<LeasedImage[]> => {
  const found = await connection
    .collection<{ _id: string; leaseToken?: string }>('images')
    .find({ nextAt: { $gt: new Date(86_400_000) } }, { projection: { leaseToken: 1 }, ...ACROSS_REQUESTS })
    .toArray();
  return found.flatMap(({ _id, leaseToken }) =>
    leaseToken !== undefined && (slot === undefined || audit.tokensOf(slot).has(leaseToken))
      ? [{ _id, leaseToken }]
      : [],
  );
};

/** Waits until each of these images has been finished or leased again. */
export const recovered = async ({ connection }: World, leased: readonly LeasedImage[]): Promise<void> => {
  if (leased.length === 0) return;
  const ids = leased.map(({ _id }) => _id);
  const tokens = [...new Set(leased.map(({ leaseToken }) => leaseToken))];
  const images = connection.collection<{ _id: string }>('images');
  await waitFor(
    async () =>
      (await images.countDocuments({ _id: { $in: ids }, leaseToken: { $in: tokens } }, ACROSS_REQUESTS)) === 0,
    LONGEST_RECOVERY_MS,
  );
};
