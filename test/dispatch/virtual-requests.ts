import { LONGEST_REST_MS } from '../../src/dispatch/scheduling/probes.ts';
import type { ActiveRequest } from '../../src/requests/request-store.ts';

export interface VirtualHost {
  readonly url: string;
  readonly images: number;
}

export interface VirtualImage {
  readonly url: string;
  attempts: number;
  reports: number;
  dueAt: number;
}

export interface VirtualRequest {
  request: ActiveRequest;
  /** Fresh images by host, in the order of the upload. */
  readonly fresh: { readonly url: string; left: number }[];
  readonly requeued: VirtualImage[];
  unfinished: number;
  made: number;
}

/** Other instances see that something came back. */
export const countReturn = (of: VirtualRequest): void => {
  of.request = { ...of.request, returns: (of.request.returns ?? 0) + 1 };
};

/** As the dispatcher does. */
export const giveBack = (of: VirtualRequest, image: VirtualImage): void => {
  of.requeued.push(image);
  countReturn(of);
};

/** The id of the request and in how many milliseconds its next image is due, where that is soon. */
export const nextDue = (of: VirtualRequest | undefined, time: number): readonly [string, number][] => {
  if (of === undefined) return [];
  const { request, fresh, requeued } = of;
  const due = [...requeued.map(({ dueAt }) => dueAt - time), ...(fresh.some(({ left }) => left > 0) ? [0] : [])];
  const next = Math.min(...due);
  return next < LONGEST_REST_MS ? [[request._id, next]] : [];
};

/** The next millisecond at which something happens; everything happens within the next minutes, so counting up is quick. */
export const nextTime = (later: ReadonlyMap<number, unknown>, from: number, until: number): number => {
  for (let when = from; when < from + 3_600_000; when += 1) {
    if (later.has(when) || when >= until) return when;
  }
  return Number.POSITIVE_INFINITY;
};
