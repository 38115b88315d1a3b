import type { Completion } from '../requests/completion.ts';
import type { Turn } from './queue.ts';

/** Requests whose completion is decided together. */
const TOGETHER = 32;

export interface Finisher {
  /** Nothing of this request is left as far as is known here: ends it, together with others that come meanwhile. */
  add(turn: Turn): void;
  /** Resolves when nothing is left to end. */
  idle(): Promise<void>;
}

/**
 * Ends small requests beside the claims, one batch after the other: those that come during a batch make up the next one.
 * So a thousand requests of one image cost a thousand writes and a few dozen reads, and no claim waits for them.
 * @param onDecided told of each whether it has ended
 * @param onBroken told when the database failed; nothing is lost, as the request is still active
 */
export const createFinisher = (
  completion: Pick<Completion, 'tryCompleteAll'>,
  onDecided: (turn: Turn, ended: boolean) => void,
  onBroken: (error: unknown) => void,
): Finisher => {
  const waiting = new Set<Turn>();
  let working: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, TOGETHER);
      for (const turn of batch) waiting.delete(turn);
      const requests = batch.map(({ request }) => request);
      const ended = await completion.tryCompleteAll(requests).catch((error: unknown) => {
        onBroken(error);
        return new Set<string>();
      });
      for (const [n, turn] of batch.entries()) {
        turn.ending = false;
        // It may have been retried since: that run goes on.
        onDecided(turn, ended.has(turn.request._id) && turn.request.run === requests[n]?.run);
      }
    }
    working = null;
  };

  return {
    add(turn) {
      turn.ending = true;
      waiting.add(turn);
      working ??= drain();
    },
    async idle() {
      while (working !== null) await working;
    },
  };
};
