/** Waits; ends early when the browser is online again, the page becomes visible or the signal aborts. */
export const pauseUntil = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = new AbortController();
    const end = (): void => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const listening = { signal: over.signal };
    signal.addEventListener('abort', end, listening);
    addEventListener('online', end, listening);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && end(), listening);
    if (signal.aborted) end();
  });

/** Subscribes to the browser's offline event; returns the unsubscribe function. */
export const whenOffline = (then: () => void): (() => void) => {
  const over = new AbortController();
  addEventListener('offline', then, { signal: over.signal });
  return () => over.abort();
};
