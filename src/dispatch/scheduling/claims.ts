import { isSmall } from '../../requests/transitions.ts';
import type { SchedulerQuery } from './events.ts';
import type { RequestSchedule } from './fair-queue.ts';

/** Small requests that are claimed for together, though there may not be capacity for all of them. */
const LEAST_TOGETHER = 16;
/** Large requests that are claimed for together: each may need a read of its own. */
const MOST_LARGE = 16;

/** The large requests among which the images are to be shared: those that have fewer in flight than the others would get. */
const largeTogether = (candidates: readonly RequestSchedule[], wanted: number): RequestSchedule[] => {
  const together: RequestSchedule[] = [];
  let images = wanted;
  for (const candidate of candidates) {
    if (isSmall(candidate.request)) continue;
    if (together.length > 0 && candidate.inFlight * together.length >= images) break;
    if (together.length >= Math.min(wanted, MOST_LARGE)) break;
    together.push(candidate);
    images += candidate.inFlight;
  }
  return together;
};

/** The claim for the request that comes first, together with its equals: large ones, or small ones. */
export const claimFor = (
  candidates: readonly RequestSchedule[],
  first: RequestSchedule,
  wanted: number,
): SchedulerQuery => {
  if (!isSmall(first.request)) {
    // Small ones of the same rank get their share by the claim that follows.
    const small = candidates.filter(({ request, inFlight }) => isSmall(request) && inFlight <= first.inFlight).length;
    const large = largeTogether(candidates, wanted);
    const share = Math.ceil((wanted * large.length) / (large.length + small));
    return { type: 'claim', requests: large.map(({ request }) => request), wanted: share };
  }
  const share = Math.max(1, Math.ceil(wanted / candidates.length));
  const together = candidates
    .filter(({ request, inFlight: own }) => isSmall(request) && own === first.inFlight)
    .slice(0, Math.max(wanted, LEAST_TOGETHER));
  return {
    type: 'claim',
    requests: together.map(({ request }) => request),
    wanted: Math.min(wanted, share * together.length),
  };
};
