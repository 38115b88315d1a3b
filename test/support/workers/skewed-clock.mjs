// `node --import THIS_FILE …`: skews the wall clock of the process and its threads by SKEW_MS, but not monotonic time.
const skew = Number(process.env.SKEW_MS ?? 0);
const realNow = Date.now;

// A proxy, not a subclass: libraries identify `Date` by its name and prototype.
Date.now = () => realNow() + skew;
globalThis.Date = new Proxy(Date, {
  construct: (real, parts, target) => Reflect.construct(real, parts.length === 0 ? [Date.now()] : parts, target),
  apply: () => new Date().toString(),
});
Date.prototype.constructor = Date;
