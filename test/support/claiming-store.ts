import { createClaimer } from '../../src/dispatch/claimer.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import type { Models } from '../../src/requests/models.ts';

export type ClaimingStore = ReturnType<typeof createClaimingStore>;

/** The image store, together with the claimer that takes images from it. */
export const createClaimingStore = (models: Models, now: () => Date) => {
  const store = createImageStore(models, now);
  return { ...store, ...createClaimer(store, now) };
};
