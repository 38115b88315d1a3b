/** Numbers from 0 up to 1 that are the same on every run and machine (mulberry32). */
export const createRandom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Heights of a mountain ridge: midpoint displacement, `2 ** levels + 1` values around 0. */
export const ridge = (random, levels, roughness) => {
  let heights = [random() - 0.5, random() - 0.5];
  let reach = 1;
  for (let level = 0; level < levels; level += 1) {
    heights = heights.flatMap((height, index) => {
      const next = heights[index + 1];
      return next === undefined ? [height] : [height, (height + next) / 2 + (random() - 0.5) * reach];
    });
    reach *= roughness;
  }
  return heights;
};
