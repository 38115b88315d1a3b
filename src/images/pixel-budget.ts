/** Gives back what was asked for, whether it was given by then or not; more than once changes nothing. */
export type GiveBack = () => void;

export interface PixelBudget {
  /** Calls `go`, now or later, when so many pixels may be decoded beside the others. */
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

  const advance = (): void => {
    for (let next = waiting[0]; next && (used === 0 || used + next.pixels <= maxPixels); next = waiting[0]) {
      waiting.shift();
      used += next.pixels;
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
        if (state === 'given') used -= pixels;
        if (state === 'waiting') waiting.splice(waiting.indexOf(entry), 1);
        state = 'back';
        advance();
      };
    },
  };
};
