/** No measure of speed: what hangs ends. CI machines differ by ten times, and tests run side by side. */
export const HANGS_MS = 60_000;

/** Polls until `poll` gives a truthy value; rejects after `withinMs`. */
export const waitFor = async <T>(
  poll: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = HANGS_MS,
): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await poll();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
    await new Promise((next) => setTimeout(next, 25));
  }
};
