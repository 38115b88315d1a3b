/** Gives back what was asked for, whether it was given by then or not; more than once changes nothing. */
export type GiveBack = () => void;

export interface PixelBudget {
  /** Calls `go`, now or later, when so many more pixels may be decoded. */
  ask(pixels: number, go: () => void): GiveBack;
}

/**
 * Bounds the pixels that are decoded at the same time: what an image needs in memory grows with them, not with its
 * bytes. First come, first served, so that a large image is not overtaken for ever by small ones; one that is larger
 * than the whole budget runs alone.
 */
export const createPixelBudget = (maxPixels: number): PixelBudget => {
  const waiting: { readonly pixels: number; readonly enter: () => void }[] = [];
  let used = 0;
  let inside = 0;

  const advance = (): void => {
    // Shares are fractions: their sum is off by what fractions are rounded to, and must not drift.
    const room = maxPixels * (1 + 1e-9);
    for (let next = waiting[0]; next && (inside === 0 || used + next.pixels <= room); next = waiting[0]) {
      waiting.shift();
      used += next.pixels;
      inside += 1;
      next.enter();
    }
  };

  return {
    ask(pixels, go) {
      let state: 'waiting' | 'given' | 'back' = 'waiting';
      const entry = {
        pixels,
        enter: () => {
          state = 'given';
          go();
        },
      };
      waiting.push(entry);
      advance();
      return () => {
        if (state === 'given') {
          inside -= 1;
          used = inside === 0 ? 0 : used - pixels;
        }
        if (state === 'waiting') waiting.splice(waiting.indexOf(entry), 1);
        state = 'back';
        advance();
      };
    },
  };
};
