/** Smallest, middle and largest of some numbers; the middle of an even count is the mean of the two in the middle. */
export const spread = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length / 2;
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(half)] : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
};

/** The value below which that share of the values lies (nearest rank). */
export const percentile = (values, share) => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

const rounded = (value, digits) => {
  if (value === undefined || Number.isNaN(value)) return 'n/a';
  const shown = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return value.toFixed(shown);
};

/** `median (min–max)`, as every table shows it. */
export const showSpread = (values, digits) => {
  if (values.length === 0) return 'n/a';
  const { min, median, max } = spread(values);
  if (values.length === 1) return rounded(median, digits);
  return `${rounded(median, digits)} (${rounded(min, digits)}–${rounded(max, digits)})`;
};

/** Ratios of what was measured in the same round: the only figures that may be compared across machines. */
export const ratios = (ofThis, toThat) => ofThis.map((value, round) => value / toThat[round]);

export const mebibytes = (bytes) => bytes / 1024 / 1024;
