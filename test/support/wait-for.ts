/** Polls until `poll` resolves to a truthy value; rejects after `withinMs`. */
export const waitFor = async <T>(poll: () => Promise<T | undefined | null | false>, withinMs = 20_000): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await poll();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
    await new Promise((next) => setTimeout(next, 25));
  }
};
