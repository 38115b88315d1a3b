import { byRequest } from '../requests/by-request.ts';
import { FRESH_BEFORE } from '../requests/due-dates.ts';
import { createPicker, type DueImage } from './due.ts';
import type { OriginRoom } from './host-limiter.ts';

/** What a claim has seen of one request, and left of it. */
export interface Look {
  /** Images that are not finished, those included that this claim has picked. */
  readonly unfinished: number;
  /** Whether due images are left for which there was no place in the claim. */
  readonly more: boolean;
  /** Origins without room that due images wait for. */
  readonly waitingFor: readonly (string | null)[];
  /** Milliseconds until the next of the others is due; infinite when there is none. */
  readonly dueInMs: number;
}

/** Images that come back are due before fresh ones. */
const isFresh = ({ nextAt }: DueImage): boolean => (nextAt?.getTime() ?? 0) < FRESH_BEFORE;

const inOrder = (one: DueImage, other: DueImage): number =>
  Number(isFresh(one)) - Number(isFresh(other)) || (one.nextAt?.getTime() ?? 0) - (other.nextAt?.getTime() ?? 0);

/**
 * Picks due images of several small requests, one of each in turn, so that none of them waits for another.
 * @param unfinished all of their unfinished images
 * @param now milliseconds since the epoch, by the database's clock
 */
export const findDueTogether = <Image extends DueImage & { readonly requestId: string }>(
  requestIds: readonly string[],
  unfinished: readonly Image[],
  now: number,
  wanted: number,
  origins: OriginRoom,
): { readonly due: readonly Image[]; readonly looks: ReadonlyMap<string, Look> } => {
  const picker = createPicker<Image>(wanted, origins);
  const imagesOf = byRequest(requestIds, unfinished);
  const requests = requestIds.map((requestId) => {
    const images = (imagesOf.get(requestId) ?? []).sort(inOrder);
    const isDue = ({ nextAt }: Image): boolean => (nextAt?.getTime() ?? 0) <= now;
    const later = images.filter((image) => !isDue(image)).map(({ nextAt }) => (nextAt?.getTime() ?? 0) - now);
    return {
      requestId,
      due: images.filter(isDue),
      unfinished: images.length,
      dueInMs: Math.min(...later),
      waitingFor: new Set<string | null>(),
    };
  });
  for (let left = requests; left.length > 0 && !picker.isFull(); left = left.filter(({ due }) => due.length > 0)) {
    for (const { due, waitingFor } of left) {
      if (picker.isFull()) break;
      const image = due.shift();
      if (image === undefined) continue;
      const origin = picker.originOf(image.inputUrl);
      if (!picker.take(image, origin)) waitingFor.add(origin);
    }
  }
  const looks = requests.map(
    ({ requestId, due, waitingFor, ...look }) =>
      [requestId, { ...look, more: due.length > 0, waitingFor: [...waitingFor] }] as const,
  );
  return { due: picker.images, looks: new Map(looks) };
};
