/** Concurrent downloads that a host gets at first. */
const FIRST = 6;
/** Latency alone never takes more than this away: what rises may be the load of this machine. */
const LEAST_BY_LATENCY = 3;
/** Slow start grows by this factor a round trip. */
const GROWTH = 1.5;
/** The round trip counts as raised from this share and number of milliseconds above low load, whichever is more. */
const RAISED = { share: 0.2, ms: 8 };
/** And from here it is no longer that of low load: nothing grows. */
const STIRRED = { share: 0.08, ms: 5 };
/** Answers of a window, at least and at most; between them half of those in flight. */
const WINDOW = { least: 3, most: 16, full: 2 };
/** Of a raised round trip that stays as it is although there is less in flight, the host itself is the reason. */
const UNMOVED = 0.92;
const UNMOVED_WINDOWS = 2;
/** The round trip of low load is measured again that often, with half of the connections for one window. */
const MEASURE_EVERY_MS = 30_000;
/** More connections must bring this share of what they would at best, or there is no growth for a while. */
const LEAST_GAIN = 0.25;
const COMPARED_AFTER = 1.25;
const NO_GAIN_PAUSE = { firstMs: 10_000, longestMs: 120_000 };
/** For how long a host is not asked for more than it has refused; an error may have had other reasons. */
const CEILING = { firstMs: 60_000, longestMs: 600_000, afterFailureMs: 5_000 };
/** For how long a success shows how many the host takes. */
const PROVEN_MS = 10_000;
const SHRINK = 0.75;
/** Errors are normal up to this share of what was asked lately; the newest has that weight. */
const FAILURES = { share: 0.1, weight: 0.1 };
/** Only what began with this share of the permits in use shows what they bring. */
const FULL = 0.75;
/** For how long after growth it is the reason of refusals. */
const GROWN_MS = 2_000;

/** A download that was given a permit. */
export interface Start {
  /** Milliseconds, of a clock that never goes back. */
  readonly at: number;
  /** Downloads from the host at that time, with this one. */
  readonly with: number;
}

export interface Answer extends Start {
  /** From the request to the header of the response, without the connection, in milliseconds; undefined: not measured. */
  readonly roundTripMs?: number | undefined;
  /** Whether images wait for a permit of the host. */
  readonly isWanted: boolean;
}

export type HostPace = ReturnType<typeof createHostPace>;

const lowQuartile = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 4)] ?? 0;

/**
 * How many downloads one host gets at the same time (docs/decisions/0059-pace.md). Begins with a few, grows while that
 * brings more and the round trip stays what it is at low load, and shrinks when the round trip rises or the host refuses.
 * A low quartile of each window stands for its round trips: a busy machine notices answers late, but never all of them.
 * @param bound the most, which may change
 * @param now milliseconds that never go back
 */
export const createHostPace = (bound: () => number, now: () => number) => {
  let limit = FIRST;
  let isSlowStart = true;
  /** Round trip of low load. */
  let lowLoadMs: number | null = null;
  let measuredAt = now();
  /** The limit before it was halved to measure the round trip of low load. */
  let measuring: number | null = null;
  let raised: { readonly from: number; ms: number; unmoved: number } | null = null;
  /** What was downloaded a millisecond with how many at once. */
  let compared: { readonly limit: number; readonly rate: number } | null = null;
  let restsUntil = 0;
  let restMs = NO_GAIN_PAUSE.firstMs;
  let ceiling = { connections: Number.POSITIVE_INFINITY, until: 0, ms: CEILING.firstMs };
  let proven = { with: 0, at: 0 };
  /** What was refused together. */
  let burst = { from: Number.NEGATIVE_INFINITY, limit: 0, refused: 0, isUnproven: false };
  let failureShare = 0;
  let grown = { from: 0, at: Number.NEGATIVE_INFINITY };
  let window = { from: now(), roundTrips: [] as number[], answers: 0, full: 0, heldMs: 0, wanted: 0 };

  const most = (): number =>
    Math.max(1, Math.min(bound(), now() < ceiling.until ? ceiling.connections : Number.POSITIVE_INFINITY));
  const current = (): number => Math.min(limit, most());

  /** Answers of downloads that begin from now on belong to the next window. */
  const set = (connections: number): void => {
    limit = Math.max(1, connections);
    window = { from: now(), roundTrips: [], answers: 0, full: 0, heldMs: 0, wanted: 0 };
  };

  const isAbove = (ms: number, { share, ms: least }: typeof RAISED): boolean =>
    lowLoadMs !== null && ms - lowLoadMs > Math.max(least, share * lowLoadMs);

  const shrink = (roundTripMs: number): void => {
    isSlowStart = false;
    compared = null;
    const isUnmoved = raised !== null && roundTripMs > UNMOVED * raised.ms;
    const unmoved = isUnmoved && raised !== null ? raised.unmoved + 1 : 0;
    if (raised !== null && unmoved >= UNMOVED_WINDOWS) {
      lowLoadMs = roundTripMs;
      set(raised.from);
      raised = null;
      return;
    }
    const from = current();
    raised = { from: raised?.from ?? from, ms: roundTripMs, unmoved };
    const share = (lowLoadMs ?? roundTripMs) / roundTripMs;
    set(Math.max(Math.min(from, LEAST_BY_LATENCY), Math.min(from - 1, Math.max(from * share, from / 2) + 0.5)));
    limit = Math.floor(limit);
  };

  /** Whether the last growth brought more images; otherwise it is taken back. */
  const hasGained = (rate: number): boolean => {
    const connections = current();
    if (compared === null) {
      compared = { limit: connections, rate };
      return true;
    }
    if (connections < compared.limit * COMPARED_AFTER) return true;
    const gain = (rate / compared.rate - 1) / (connections / compared.limit - 1);
    if (gain >= LEAST_GAIN) {
      compared = { limit: connections, rate };
      restMs = NO_GAIN_PAUSE.firstMs;
      return true;
    }
    set(compared.limit);
    compared = null;
    isSlowStart = false;
    restsUntil = now() + restMs;
    restMs = Math.min(2 * restMs, NO_GAIN_PAUSE.longestMs);
    return false;
  };

  const grow = (rate: number): void => {
    if (now() < restsUntil || !hasGained(rate)) return;
    const from = current();
    const next = Math.min(most(), isSlowStart ? Math.floor(from * GROWTH) + (from === 1 ? 1 : 0) : from + 1);
    if (next <= from) return;
    grown = { from, at: now() };
    set(next);
  };

  const decide = (): void => {
    const { roundTrips, answers, full, heldMs, wanted } = window;
    const roundTripMs = roundTrips.length > 0 ? lowQuartile(roundTrips) : (lowLoadMs ?? 0);
    const isLimited = 2 * wanted >= answers;
    window = { from: window.from, roundTrips: [], answers: 0, full: 0, heldMs: 0, wanted: 0 };
    if (measuring !== null) {
      lowLoadMs = roundTripMs;
      measuredAt = now();
      set(measuring);
      measuring = null;
      return;
    }
    if (roundTrips.length > 0) lowLoadMs = Math.min(lowLoadMs ?? roundTripMs, roundTripMs);
    if (isAbove(roundTripMs, RAISED)) {
      shrink(roundTripMs);
      return;
    }
    raised = null;
    if (isAbove(roundTripMs, STIRRED)) isSlowStart = false;
    else if (isLimited) grow((full * current()) / Math.max(heldMs, 1));
    if (isLimited && !isSlowStart && now() - measuredAt > MEASURE_EVERY_MS && current() > 1) {
      measuring = current();
      set(Math.ceil(measuring / 2));
    }
  };

  const lower = (connections: number, how: 'throttled' | 'failed', isNew: boolean): void => {
    const isActive = now() < ceiling.until;
    const isAgain = isNew && ceiling.until > 0 && how === 'throttled';
    const ms = isAgain ? Math.min(2 * ceiling.ms, CEILING.longestMs) : ceiling.ms;
    ceiling = {
      connections: isActive ? Math.min(ceiling.connections, connections) : connections,
      until: Math.max(ceiling.until, now() + (how === 'throttled' ? ms : CEILING.afterFailureMs)),
      ms,
    };
  };

  return {
    get limit(): number {
      return current();
    },

    /** The host has answered as it should; its response is here. */
    answered({ at, with: others, roundTripMs, isWanted }: Answer): void {
      // What began next to those that were refused proves nothing.
      if (at >= burst.from && (others >= proven.with || now() - proven.at > PROVEN_MS))
        proven = { with: others, at: now() };
      failureShare *= 1 - FAILURES.weight;
      if (at < window.from) return;
      window.answers += 1;
      if (isWanted) window.wanted += 1;
      if (others >= FULL * current()) {
        if (roundTripMs !== undefined) window.roundTrips.push(roundTripMs);
        window.full += 1;
        window.heldMs += now() - at;
      }
      const enough = Math.min(Math.max(Math.ceil(current() / 2), WINDOW.least), WINDOW.most);
      if (window.answers >= enough && window.full >= WINDOW.full) decide();
    },

    /**
     * The host answered that there are too many (`throttled`), or that it can't, or not at all (`failed`). What it refuses
     * together counts once. If it has answered fewer lately, these remain its ceiling for a while.
     */
    refused({ at, with: others }: Start, how: 'throttled' | 'failed'): void {
      if (how === 'failed') failureShare += FAILURES.weight * (1 - failureShare);
      if (how === 'failed' && failureShare <= FAILURES.share) return;
      failureShare = 0;
      const isNew = at >= burst.from;
      if (isNew) burst = { from: now(), limit: current(), refused: 0, isUnproven: false };
      burst.refused += 1;
      isSlowStart = false;
      compared = null;
      measuring = null;
      const known = now() - proven.at > PROVEN_MS ? 0 : proven.with;
      const isNewlyGrown = others > grown.from && now() - grown.at < GROWN_MS;
      const isUnproven = known > 0 && (others > known || isNewlyGrown);
      if (others > 1 && others >= FULL * current() && (isUnproven || how === 'throttled'))
        lower(others - 1, how, isNew);
      if (isUnproven || burst.isUnproven) {
        const taken = Math.max(burst.limit - burst.refused, Math.ceil(burst.limit / 2));
        set(Math.min(limit, others - 1, taken));
        proven = { with: limit, at: now() };
        burst.isUnproven = true;
      } else if (isNew) set(Math.floor(current() * SHRINK));
    },
  };
};
