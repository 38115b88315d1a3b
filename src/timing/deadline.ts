/** Thrown when work takes longer than its deadline. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  signal.aborted
    ? Promise.resolve('aborted')
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));

/**
 * Runs work that must not take longer than `ms`.
 * @param work gets a signal that is aborted at the deadline, or with `parent`; it may ignore it
 * @throws DeadlineExceeded at the deadline; the reason of `parent` when that is aborted first
 */
export const withDeadline = async <Result>(
  ms: number,
  work: (signal: AbortSignal) => Promise<Result>,
  parent?: AbortSignal,
): Promise<Result> => {
  const done = new AbortController();
  const signal = AbortSignal.any([AbortSignal.timeout(ms), done.signal, ...(parent ? [parent] : [])]);
  const running = work(signal);
  try {
    const first = await Promise.race([running.then((value) => ({ value })), aborted(signal)]);
    if (first !== 'aborted') return first.value;
    // What it still does is of no interest any more.
    running.catch(() => {});
    if (parent?.aborted) throw parent.reason;
    throw new DeadlineExceeded(`not done within ${ms} ms`);
  } finally {
    done.abort();
  }
};

/** Waits until the work has settled, one way or the other, at most `ms`; false when it takes longer. */
export const settlesWithin = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
  const settled = work.then(
    () => true,
    () => true,
  );
  if (ms === Number.POSITIVE_INFINITY) return settled;
  let timer: NodeJS.Timeout | undefined;
  // Not AbortSignal.timeout(), which would let the process end while this is all that it waits for.
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
};
