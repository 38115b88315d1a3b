/** What is logged of an image that failed for good. */
export interface FailedImage {
  readonly requestId: string;
  readonly imageId: string;
  readonly attempts: number;
  /** Host of the source: the path and query of a URL may contain credentials. */
  readonly host: string | null;
  readonly code: string;
  /** Safe to show, as the status shows it. */
  readonly reason: string;
}

export interface FailedImagesLog {
  failed(image: FailedImage): void;
  /** Says now what was left out. */
  stop(): void;
}

/** Lines a minute with an image each; a catalogue of dead links would fill the disk. */
const MOST = 20;
const WINDOW_MS = 60_000;

/**
 * Logs images that failed: the first of each minute one by one, the others as one line with their number by code. The codes
 * are the catalogue's, so the counts are bounded.
 */
export const createFailedImagesLog = (
  log: { info(facts: object, message: string): void; debug(facts: object, message: string): void },
  most = MOST,
  windowMs = WINDOW_MS,
): FailedImagesLog => {
  let shown = 0;
  let timer: NodeJS.Timeout | undefined;
  const more = new Map<string, number>();

  const endWindow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    shown = 0;
    if (more.size === 0) return;
    const counts = [...more].toSorted(([, one], [, other]) => other - one);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    more.clear();
    const listed = counts.map(([code, count]) => `${count} ${code}`).join(', ');
    log.info(
      { failed: total, codes: Object.fromEntries(counts) },
      `${total} more images failed in the last minute: ${listed}`,
    );
  };

  return {
    failed(image) {
      const line = `image failed (${image.host ?? 'no host'}): ${image.reason}`;
      timer ??= setTimeout(endWindow, windowMs).unref();
      if (shown < most) {
        shown += 1;
        return log.info(image, line);
      }
      more.set(image.code, (more.get(image.code) ?? 0) + 1);
      log.debug(image, line);
    },
    stop: endWindow,
  };
};
