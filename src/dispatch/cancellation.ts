import type { Completion } from '../requests/completion.ts';
import type { ImageStore } from '../requests/image-store.ts';
import type { RequestStore } from '../requests/request-store.ts';
import { NO_COUNTS } from '../requests/types.ts';
import type { FairQueue, Turn } from './queue.ts';

/** Images of one step of a cancellation, and requests of one pass: each costs a write, and others wait meanwhile. */
const STOPPED_AT_ONCE = 200;
const REQUESTS_A_PASS = 10;

export interface CancellingDeps {
  readonly queue: FairQueue;
  readonly images: Pick<ImageStore, 'cancel'>;
  readonly requests: Pick<RequestStore, 'addCounts'>;
  readonly completion: Pick<Completion, 'tryComplete'>;
  /** Called with how many images a step of a cancellation has stopped. */
  readonly onCancelled?: ((images: number) => void) | undefined;
}

export const isCancelling = ({ request }: Turn): boolean => request.state === 'cancelling';

/**
 * One step of each cancellation. They need no slot, so they must not wait until slow images give one back.
 * @returns true when there is more to do at once
 */
export const createCancelling = ({ queue, images, requests, completion, onCancelled }: CancellingDeps) => {
  /** Of a request that is being cancelled, stops what waits; what runs goes on to its end. */
  const stopWaiting = async (turn: Turn): Promise<boolean> => {
    const { request } = turn;
    const stopped = await images.cancel(request, STOPPED_AT_ONCE);
    if (stopped === 0) {
      queue.dry(turn);
      if (turn.running === 0 && (await completion.tryComplete(request))) queue.forget(turn);
      return false;
    }
    queue.served(turn);
    onCancelled?.(stopped);
    await requests.addCounts(request._id, request.run, { ...NO_COUNTS, cancelled: stopped });
    return true;
  };

  return async (): Promise<boolean> => {
    const cancelling = queue.candidates().filter(isCancelling);
    let more = cancelling.length > REQUESTS_A_PASS;
    for (const turn of cancelling.slice(0, REQUESTS_A_PASS)) {
      if (await stopWaiting(turn)) more = true;
    }
    return more;
  };
};
