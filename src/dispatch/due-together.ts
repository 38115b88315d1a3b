import { byRequest } from '../requests/by-request.ts';
import { FRESH_BEFORE } from '../requests/due-dates.ts';
import { type ClaimLeft, createPicker, type DueImage } from './due.ts';
import type { HostCapacity } from './hosts.ts';

const dueAt = ({ nextAt }: DueImage): number => nextAt?.getTime() ?? 0;

/** Requeued images are due before fresh ones. */
const isFresh = (image: DueImage): boolean => dueAt(image) < FRESH_BEFORE;

const inOrder = (one: DueImage, other: DueImage): number =>
  Number(isFresh(one)) - Number(isFresh(other)) || dueAt(one) - dueAt(other);

/** Begins behind so much of the list; what it passes comes last. */
const rotated = <Item>(items: readonly Item[], share: number): Item[] => {
  const first = Math.floor(items.length * share);
  return [...items.slice(first), ...items.slice(0, first)];
};

/**
 * Picks due images of several small requests, one of each in turn, so that none of them waits for another.
 * @param unfinished all of their unfinished images
 * @param now milliseconds since the epoch, by the database's clock
 * @param beginAt which share of a request's due images is left for later, from 0 to less than 1: where others claim too
 */
export const findDueTogether = <Image extends DueImage & { readonly requestId: string }>(
  requestIds: readonly string[],
  unfinished: readonly Image[],
  now: number,
  wanted: number,
  hosts: HostCapacity,
  beginAt: (requestId: string) => number = () => 0,
): { readonly due: readonly Image[]; readonly left: ReadonlyMap<string, ClaimLeft> } => {
  const picker = createPicker<Image>(wanted, hosts);
  const imagesOf = byRequest(requestIds, unfinished);
  const requests = requestIds.map((requestId) => {
    const images = (imagesOf.get(requestId) ?? []).sort(inOrder);
    const isDue = (image: Image): boolean => dueAt(image) <= now;
    const later = images.filter((image) => !isDue(image)).map((image) => dueAt(image) - now);
    return {
      requestId,
      due: rotated(images.filter(isDue), beginAt(requestId)),
      unfinished: images.length,
      dueInMs: Math.min(...later),
      saturated: new Set<string | null>(),
    };
  });
  for (let open = requests; open.length > 0 && !picker.isFull(); open = open.filter(({ due }) => due.length > 0)) {
    for (const { due, saturated } of open) {
      if (picker.isFull()) break;
      const image = due.shift();
      if (image === undefined) continue;
      const host = picker.hostOf(image.inputUrl);
      if (!picker.pick(image, host)) saturated.add(host);
    }
  }
  const left = requests.map(
    ({ requestId, due, saturated, ...counts }) =>
      [requestId, { ...counts, more: due.length > 0, saturatedHosts: [...saturated] }] as const,
  );
  return { due: picker.images, left: new Map(left) };
};
