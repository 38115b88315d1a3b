/** Less than leases of 30 s: what should happen at once must not happen only because one ended. */
export const WAIT_MS = 20_000;

/** Polls until `poll` gives a truthy value; rejects after `withinMs`. */
export const waitFor = async <T>(
  poll: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = WAIT_MS,
): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await poll();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
    await new Promise((next) => setTimeout(next, 25));
  }
};
