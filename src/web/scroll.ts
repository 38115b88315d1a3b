/** Long enough that scrolling writes to the history only when it rests. */
const REST_MS = 150;
/** What arrives later than this no longer moves the page. */
const RESTORE_MS = 5_000;
const ACTIONS = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const;

interface Saved {
  readonly scroll?: number;
}

/**
 * Keeps the scroll position with each entry of the history. The browser's own memory fails here: at the moment it restores
 * the position, the page is still as short as its first answer is far.
 */
export const keepScroll = () => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restoring: AbortController | null = null;

  addEventListener(
    'scroll',
    () => {
      clearTimeout(timer);
      if (restoring !== null) return;
      timer = setTimeout(() => history.replaceState({ ...history.state, scroll: scrollY }, ''), REST_MS);
    },
    { passive: true },
  );

  return {
    /** For a view that was just opened: to where its entry was left, or to the top. Follows the page until the person acts. */
    restore: (): void => {
      clearTimeout(timer);
      restoring?.abort();
      restoring = null;
      const { scroll = 0 } = (history.state ?? {}) as Saved;
      scrollTo({ top: scroll });
      if (scroll === 0) return;
      const ended = new AbortController();
      restoring = ended;
      const sizes = new ResizeObserver(() => scrollTo({ top: scroll }));
      sizes.observe(document.body);
      ended.signal.addEventListener('abort', () => {
        sizes.disconnect();
        if (restoring === ended) restoring = null;
      });
      for (const action of ACTIONS) {
        addEventListener(action, () => ended.abort(), { once: true, passive: true, signal: ended.signal });
      }
      setTimeout(() => ended.abort(), RESTORE_MS);
    },
  };
};
