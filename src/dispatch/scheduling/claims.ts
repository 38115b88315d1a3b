import { isSmall } from '../../requests/transitions.ts';
import type { SchedulerQuery } from './events.ts';
import type { RequestSchedule } from './fair-queue.ts';

/** Small requests that are claimed for together, though there may not be capacity for all of them. */
const LEAST_TOGETHER = 16;

/** The claim for the request that comes first; for small ones together with its equals. */
export const claimFor = (
  candidates: readonly RequestSchedule[],
  first: RequestSchedule,
  wanted: number,
): SchedulerQuery => {
  const share = Math.max(1, Math.ceil(wanted / candidates.length));
  if (!isSmall(first.request)) return { type: 'claim', requests: [first.request], wanted: share };
  const together = candidates
    .filter(({ request, inFlight: own }) => isSmall(request) && own === first.inFlight)
    .slice(0, Math.max(wanted, LEAST_TOGETHER));
  return {
    type: 'claim',
    requests: together.map(({ request }) => request),
    wanted: Math.min(wanted, share * together.length),
  };
};
