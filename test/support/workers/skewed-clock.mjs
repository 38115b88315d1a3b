// `node --import THIS_FILE …`: the wall clock of the process and of its threads is wrong by SKEW_MS; monotonic time is not.
const skew = Number(process.env.SKEW_MS ?? 0);
const realNow = Date.now;

// Changed in its place, and not replaced by a class of its own: libraries know `Date` by its name and its prototype.
Date.now = () => realNow() + skew;
globalThis.Date = new Proxy(Date, {
  construct: (real, parts, target) => Reflect.construct(real, parts.length === 0 ? [Date.now()] : parts, target),
  apply: () => new Date().toString(),
});
Date.prototype.constructor = Date;
