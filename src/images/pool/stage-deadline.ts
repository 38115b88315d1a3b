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
const LONGEST_CHECK_MS = 1_000;
/** Far more than tickets in flight, so that a slot is not used again while a hung thread may still write to it. */
const SLOTS = 65_536;
const STAGES: readonly Stage[] = ['download', 'decode', 'waiting', 'encode', 'store'];

/** The thread's side: writes where a task is to shared memory, which costs neither side a message. */
export const createStageWriter = (shared: SharedArrayBuffer): ((ticket: number, stage: Stage) => void) => {
  const slots = new Int32Array(shared);
  return (ticket, stage) => {
    Atomics.store(slots, ticket % SLOTS, STAGES.indexOf(stage));
  };
};

interface Watched {
  stage: Stage;
  since: number;
  /** The task waits for this process, and not the other way round. */
  paused: boolean;
}

/**
 * Watches the tasks in all threads: one that hangs reports nothing, so its stage ends here. A stage begins when a check
 * first sees it, so it may last a second longer, and never shorter, than its deadline and the grace together.
 * @param onExceeded called once for a task whose stage has taken too long
 */
export const createStageWatch = (
  deadlines: StageDeadlines,
  onExceeded: (ticket: number, stage: Stage) => void,
  graceMs = GRACE_MS,
) => {
  const shared = new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
  const slots = new Int32Array(shared);
  const watched = new Map<number, Watched>();

  const stageOf = (ticket: number): Stage => STAGES[Atomics.load(slots, ticket % SLOTS)] ?? 'waiting';

  const check = (): void => {
    const now = performance.now();
    for (const [ticket, task] of watched) {
      const stage = stageOf(ticket);
      if (stage !== task.stage || task.paused) {
        task.stage = stage;
        task.since = now;
      } else if (stage !== 'waiting' && now - task.since > deadlines[stage] + graceMs) {
        watched.delete(ticket);
        onExceeded(ticket, stage);
      }
    }
  };
  const timer = setInterval(check, Math.min(LONGEST_CHECK_MS, Math.min(...Object.values(deadlines)) / 4));
  timer.unref();

  return {
    shared,
    /** Where the task is; that of a task that is not watched means nothing. */
    stageOf,
    add(ticket: number): void {
      Atomics.store(slots, ticket % SLOTS, STAGES.indexOf('download'));
      watched.set(ticket, { stage: 'download', since: performance.now(), paused: false });
    },
    pause(ticket: number, paused: boolean): void {
      const task = watched.get(ticket);
      if (task !== undefined) task.paused = paused;
    },
    remove: (ticket: number): boolean => watched.delete(ticket),
    stop: (): void => clearInterval(timer),
  };
};
