import type { ImagePool, ImageResult, ImageTask, RunOptions } from '../images/task.ts';
import type { Coalescer } from './coalescing.ts';
import type { HostNames } from './host-names.ts';

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
