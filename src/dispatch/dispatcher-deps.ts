import type { ImagePool } from '../images/task.ts';
import type { Completion } from '../requests/completion.ts';
import type { ClaimedImage, ImageStore } from '../requests/image-store.ts';
import type { ActiveRequest, RequestStore } from '../requests/request-store.ts';
import type { Verdict } from '../requests/transitions.ts';
import type { StoreGate } from './circuit-breaker.ts';
import type { Claimer } from './claimer.ts';
import type { Sharing } from './coalescing.ts';
import type { Origins } from './host-limiter.ts';

export interface DispatcherLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface DispatcherDeps {
  readonly images: ImageStore;
  readonly claimer: Claimer;
  readonly requests: RequestStore;
  readonly completion: Completion;
  readonly pool: Pick<ImagePool, 'capacity' | 'most' | 'run'>;
  readonly origins: Origins;
  readonly sharing: Sharing;
  readonly storeGate: StoreGate;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly log: DispatcherLog;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Called when work on an image begins, for metrics. */
  readonly onBegin?: (image: ClaimedImage) => void;
  /** Called with every verdict, for metrics and logs; it stands unless the lease had passed to another. */
  readonly onVerdict?: (request: ActiveRequest, image: ClaimedImage, verdict: Verdict, stands: boolean) => void;
  /** Called with how many images a step of a cancellation has stopped. */
  readonly onCancelled?: (images: number) => void;
}
