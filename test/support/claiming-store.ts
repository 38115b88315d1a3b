import { createClaimer } from '../../src/dispatch/claimer.ts';
import type { ClaimCursor } from '../../src/dispatch/due.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import type { Counted } from '../../src/requests/leases.ts';
import type { Models } from '../../src/requests/models.ts';

export type ClaimingStore = ReturnType<typeof createClaimingStore>;

/** The image store, with a claim of images of one request whose cursor the test holds. */
export const createClaimingStore = (models: Models, now: () => Date) => {
  const store = createImageStore(models, now);
  const claimer = createClaimer(store, now);
  const claim = async (request: Counted, wanted: number, leaseMs: number, cursor: ClaimCursor) =>
    (await claimer.claimLarge([{ request, cursor }], wanted, leaseMs)).images;
  return { ...store, claim };
};
