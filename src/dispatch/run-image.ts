import type { ImagePool, ImageResult, ImageTask } from '../images/task.ts';
import type { RequestOptions } from '../requests/types.ts';
import type { Sharing } from './coalescing.ts';
import type { Origins } from './host-limiter.ts';
import type { HeldImage } from './in-flight.ts';

export interface RunImageDeps {
  readonly pool: Pick<ImagePool, 'run'>;
  readonly origins: Origins;
  readonly sharing: Sharing;
  /** An image server has room again. */
  readonly onRoom: () => void;
}

export interface Wish {
  readonly tenant: string;
  readonly options: RequestOptions;
  /** When the request was first seen here, in this run. */
  readonly since: number;
  /** False once the request is being cancelled: what has not begun then does not begin. */
  readonly isWanted: () => boolean;
}

/** What is meant for all images of the server, not for this one. */
const isSlowDown = ({ code, retryAfterMs = 0 }: Extract<ImageResult, { ok: false }>): boolean =>
  code === 'source_rate_limited' || (code === 'source_unavailable' && retryAfterMs > 0);

/**
 * The way of one held image to its result: it shares that of another one, or waits in line for its server and goes
 * through the pool.
 * @returns null when it was not begun, and should be given back
 */
export const createRunImage = ({ pool, origins, sharing, onRoom }: RunImageDeps) => {
  const load = async (
    task: ImageTask,
    origin: string | null,
    isWanted: () => boolean,
    enter: HeldImage['enter'],
  ): Promise<ImageResult | null> => {
    if (!(await origins.enter(origin))) return null;
    let loading = true;
    const arrived = (): void => {
      if (!loading) return;
      loading = false;
      enter('loaded');
      if (origins.leave(origin)) onRoom();
    };
    if (!isWanted()) {
      arrived();
      return null;
    }
    enter('loading');
    const result = await pool.run(task, arrived);
    if (result.ok || !result.retryable) origins.worked(origin);
    else if (isSlowDown(result)) origins.slowDown(origin, result.retryAfterMs);
    arrived();
    return result;
  };

  return async (
    { image, enter }: HeldImage,
    { tenant, options, since, isWanted }: Wish,
  ): Promise<ImageResult | null> => {
    const task: ImageTask = { id: image._id, url: image.inputUrl, ...options };
    const origin = origins.serverOf(task.url);
    const isFound = origins.originOf(task.url) === origin;
    // An image that waits for its name must not take a share of the servers' room.
    let stopWaiting = isFound ? origins.waitBeside(origin) : () => false;
    try {
      enter('looking up');
      const lookedUp = await origins.lookUp(task.url);
      if (!isFound) onRoom();
      if (lookedUp.kind !== 'found') return lookedUp.kind === 'failed' ? lookedUp.result : null;
      enter('in line');
      if (!isFound) stopWaiting = origins.waitBeside(origin);
      const { host } = lookedUp;
      return await sharing.share(tenant, task, since, () => {
        stopWaiting();
        return load(host === undefined ? task : { ...task, host }, origin, isWanted, enter);
      });
    } finally {
      if (stopWaiting()) onRoom();
    }
  };
};
