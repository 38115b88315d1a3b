// `node --import THIS_FILE …`: the wall clock of the process and of its threads is wrong by SKEW_MS; monotonic time is not.
const skew = Number(process.env.SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + skew);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + skew;
  }
};
