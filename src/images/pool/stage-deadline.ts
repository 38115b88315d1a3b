import { DEFAULT_STAGE_SECONDS, type ImageLimits } from '../task.ts';
import type { Stage } from './channel.ts';

/** Milliseconds that one image may spend in each stage; waiting for memory or an encode slot is bounded by the others. */
export type StageDeadlines = Readonly<Record<Exclude<Stage, 'waiting'>, number>>;

export const stageDeadlines = (limits: ImageLimits): StageDeadlines => {
  const { maxDownloadSeconds, maxDecodeSeconds, maxEncodeSeconds, maxStoreSeconds } = {
    ...DEFAULT_STAGE_SECONDS,
    ...limits,
  };
  return {
    download: maxDownloadSeconds * 1000,
    decode: maxDecodeSeconds * 1000,
    encode: maxEncodeSeconds * 1000,
    store: maxStoreSeconds * 1000,
  };
};

/** A thread ends a stage at its deadline by itself; only one that hangs is this late. */
const GRACE_MS = 5_000;

/**
 * Watches one task: a thread that hangs reports nothing, so its stage ends here.
 * @param onExceeded called at most once, with the stage whose deadline has passed
 */
export const createStageDeadline = (
  deadlines: StageDeadlines,
  onExceeded: (stage: Stage) => void,
  graceMs = GRACE_MS,
) => {
  let timer: NodeJS.Timeout | undefined;
  let current: Stage = 'waiting';

  const enter = (stage: Stage): void => {
    clearTimeout(timer);
    current = stage;
    if (stage !== 'waiting') timer = setTimeout(() => onExceeded(stage), deadlines[stage] + graceMs);
  };

  return {
    enter,
    /** While the task waits for this process, and not the other way round. */
    pause: (): void => clearTimeout(timer),
    resume: (): void => enter(current),
    clear: (): void => clearTimeout(timer),
  };
};
