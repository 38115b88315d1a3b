import type { ImagePool, ImageResult, ImageTask, RunOptions } from '../images/task.ts';
import { serverOf } from '../network/server.ts';
import type { Coalescer } from './coalescing.ts';
import type { HostNames } from './host-names.ts';
import type { SchedulerEvent } from './scheduling/events.ts';

export interface RunImageDeps {
  readonly pool: Pick<ImagePool, 'run'>;
  readonly names: Pick<HostNames, 'find'>;
  readonly coalescer: Coalescer;
}

export interface RunContext {
  readonly tenant: string;
  /** When its request was first seen here, in this run. */
  readonly since: number;
  /** Aborted when the lease is lost: the result would be thrown away. */
  readonly signal: AbortSignal;
  /** Reports a stage of the image to the scheduler. */
  readonly report: (stage: 'resolving' | 'resolved') => void;
  readonly onDownloaded: NonNullable<RunOptions['onDownloaded']>;
  /** Asks for a permit of the host; false: the image is to be requeued. */
  readonly permit: () => Promise<boolean>;
}

/**
 * Processes one leased image: resolves the name of its host, joins an identical download in progress or waits for a
 * permit of its host, and runs in the pool.
 * @returns null when it did not start, and should be requeued
 */
export const createRunImage =
  ({ pool, names, coalescer }: RunImageDeps) =>
  async (task: ImageTask, context: RunContext): Promise<ImageResult | null> => {
    const { tenant, since, signal, report, onDownloaded, permit } = context;
    report('resolving');
    const name = await names.find(task.url);
    if (name.kind !== 'found') return name.kind === 'failed' ? name.result : null;
    report('resolved');
    const resolved = name.host === undefined ? task : { ...task, host: name.host };
    return coalescer.run(tenant, resolved, since, async () => {
      if (!(await permit()) || signal.aborted) return null;
      return pool.run(resolved, { onDownloaded, signal });
    });
  };

export interface RunGuestDeps extends Pick<RunImageDeps, 'pool' | 'names'> {
  readonly permit: (imageId: string, question: SchedulerEvent) => Promise<boolean>;
  /** Answers the question for a permit. */
  readonly answer: (imageId: string, granted: boolean) => void;
  readonly handle: (event: SchedulerEvent) => void;
}

/**
 * Processes an image of no request with the same permits, threads and memory as all others; its result is not shared.
 * @returns null when its host cannot be asked for it now
 */
export const createRunGuest = ({ pool, names, permit, answer, handle }: RunGuestDeps) => {
  const run = createRunImage({ pool, names, coalescer: { run: (_tenant, _task, _since, process) => process() } });
  return async (task: ImageTask, signal: AbortSignal): Promise<ImageResult | null> => {
    const imageId = task.id;
    const leave = (): void => answer(imageId, false);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const result = await run(task, {
        ...{ tenant: '', since: 0, signal, report: () => {} },
        onDownloaded: (roundTripMs) => handle({ type: 'downloaded', imageId, roundTripMs }),
        permit: () => permit(imageId, { type: 'guest', imageId, host: serverOf(task.url) }),
      });
      if (result !== null) handle({ type: 'processed', imageId, result });
      return result;
    } finally {
      signal.removeEventListener('abort', leave);
      handle({ type: 'ended', imageId, dueInMs: null });
    }
  };
};
