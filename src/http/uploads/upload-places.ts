import { AppError } from '../../errors.ts';
import { createSlots, halfOf, type Shortage, type Slot, type SlotLimits } from '../readers/slots.ts';

export interface PlacesOptions {
  /** Uploads received or stored at the same time. */
  readonly most: number;
  /** Total bytes of their files, which are on disk until they are stored. */
  readonly bytes: number;
  /** Limit of one body; one upload alone is accepted even if `bytes` is smaller. */
  readonly maxBodyBytes: number;
  /** Bytes that must stay free on the disk; null: 1 GiB, or a tenth of a smaller disk. */
  readonly reserveBytes: number | null;
  /** Bytes of that disk. */
  readonly space: () => Promise<{ readonly free: number; readonly total: number }>;
  /** Aborted with the error to answer when a shutdown can no longer wait for uploads. */
  readonly giveUp: AbortSignal;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly waitMs?: number;
  readonly checkEveryMs?: number;
}

/** One upload in progress, from before its body is read until its images are stored and its file is removed. */
export interface UploadPlace {
  /** Aborted with the error to answer when the upload must end early. */
  readonly signal: AbortSignal;
  /** Reports received bytes; more than announced may abort the signal. */
  received(bytes: number): void;
  /** Called once the body has been read. Resolves when its rows may be stored: large files are queued. */
  storing(bytes: number): Promise<void>;
  release(): void;
}

const GIB = 1024 ** 3;
/** Waiting uploads per place; each costs a connection and its buffers. */
const WAITING_PER_PLACE = 16;
/** About twice what 100 small uploads at once take on two busy cores with the embedded database. */
const WAIT_MS = 20_000;
const CHECK_EVERY_MS = 1_000;
/** Window over which the rate of an upload is measured. */
const WINDOW_MS = 5_000;
/** Uploads slower than this are aborted when others are waiting. */
const SLOW_BYTES_PER_SECOND = 16 * 1024;
/** Parsing is single-threaded: more large files at once only take memory, up to 135 MiB each (bench/results.md). */
const LARGE_BYTES = 1024 ** 2;
const LARGE_AT_ONCE = 2;
const LARGE_WAIT_MS = 10 * 60_000;

const refuse = (shortage: Shortage): AppError =>
  new AppError(shortage === 'client' ? 'too_many_uploads' : 'uploads_busy');

interface UploadInProgress {
  readonly client: string;
  readonly controller: AbortController;
  /** Bytes announced but not yet received. */
  expected: number;
  receiving: boolean;
  windowBegan: number;
  windowBytes: number;
  /** Bytes per second in the last full window; null before that. */
  rate: number | null;
}

/** Free bytes above the reserve of a disk. */
export const spareOf = (
  { free, total }: { readonly free: number; readonly total: number },
  reserveBytes: number | null,
): number => free - (reserveBytes ?? Math.min(GIB, total / 10));

export type UploadPlaces = ReturnType<typeof createUploadPlaces>;

/**
 * Limits the uploads in progress, in total and per client, by number, bytes and free disk space. Further uploads wait a
 * short time for a place; slow ones are aborted to make room for them.
 */
export const createUploadPlaces = (options: PlacesOptions) => {
  const { most, maxBodyBytes, now, giveUp, waitMs = WAIT_MS, checkEveryMs = CHECK_EVERY_MS } = options;
  const waiting = most * WAITING_PER_PLACE;
  const bytes = Math.max(options.bytes, maxBodyBytes);
  const limits: SlotLimits = {
    ...{ most, mostPerClient: halfOf(most), bytes, bytesPerClient: Math.max(halfOf(bytes), maxBodyBytes) },
    ...{ waiting, waitingPerClient: halfOf(waiting), waitMs },
  };
  const slots = createSlots(limits, refuse);
  const large = createSlots(
    {
      ...{ most: LARGE_AT_ONCE, mostPerClient: halfOf(LARGE_AT_ONCE) },
      ...{ waiting: most, waitingPerClient: most, waitMs: LARGE_WAIT_MS },
    },
    refuse,
  );
  const places = new Set<UploadInProgress>();
  let measured: { readonly at: number; readonly spare: Promise<number> } | null = null;

  const endAll = (error: unknown): void => {
    for (const { controller } of places) controller.abort(error);
  };
  giveUp.addEventListener('abort', () => endAll(giveUp.reason));

  /** Free bytes above the reserve; unlimited if the disk cannot be queried. */
  const measure = async (): Promise<number> => {
    try {
      return spareOf(await options.space(), options.reserveBytes);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  };
  const spare = (): Promise<number> => {
    if (measured === null || now() - measured.at >= checkEveryMs) measured = { at: now(), spare: measure() };
    return measured.spare;
  };

  const makeRoom = (): void => {
    const slow = [...places]
      .filter(({ receiving, rate }) => receiving && rate !== null && rate < SLOW_BYTES_PER_SECOND)
      .sort((one, other) => (one.rate ?? 0) - (other.rate ?? 0));
    for (const { client, shortage } of slots.waiting()) {
      const at = slow.findIndex((place) => shortage === 'server' || place.client === client);
      const [place] = at === -1 ? [] : slow.splice(at, 1);
      place?.controller.abort(
        new AppError('request_timeout', 'The upload was too slow while others were waiting. Send it again.'),
      );
    }
  };

  const check = async (): Promise<void> => {
    for (const place of places) {
      const passed = now() - place.windowBegan;
      if (passed < WINDOW_MS) continue;
      place.rate = (place.windowBytes / passed) * 1_000;
      place.windowBegan = now();
      place.windowBytes = 0;
    }
    makeRoom();
    if ((await spare()) < 0) endAll(new AppError('disk_full'));
  };
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    if (places.size === 0) {
      clearInterval(timer);
      timer = undefined;
    } else timer ??= setInterval(() => void check(), checkEveryMs).unref();
  };

  const placeIn = (slot: Slot, client: string, announced: number): UploadPlace => {
    const controller = new AbortController();
    const place: UploadInProgress = {
      ...{ client, controller, expected: announced, receiving: true },
      ...{ windowBegan: now(), windowBytes: 0, rate: null },
    };
    let turn: Slot | undefined;
    places.add(place);
    watch();
    if (giveUp.aborted) controller.abort(giveUp.reason);
    return {
      signal: controller.signal,
      received(count) {
        place.windowBytes += count;
        const beyond = count - place.expected;
        place.expected = Math.max(0, -beyond);
        const shortage = beyond > 0 ? slot.grow(beyond) : null;
        if (shortage !== null) controller.abort(refuse(shortage));
      },
      async storing(size) {
        place.receiving = false;
        place.expected = 0;
        if (size > LARGE_BYTES) turn = await large.take(client, 0, controller.signal);
      },
      release() {
        turn?.release();
        places.delete(place);
        watch();
        slot.release();
      },
    };
  };

  return {
    /**
     * Resolves once there is a place. Rejects with `too_many_uploads`, `uploads_busy`, `disk_full` or the reason of the
     * signal.
     * @param announced bytes of the body, 0 if unknown
     */
    async take(client: string, announced: number, signal: AbortSignal): Promise<UploadPlace> {
      const slot = await slots.take(client, announced, signal);
      const place = placeIn(slot, client, announced);
      const expected = [...places].reduce((sum, each) => sum + each.expected, 0);
      if ((await spare()) >= expected) return place;
      place.release();
      throw new AppError('disk_full');
    },
  };
};
