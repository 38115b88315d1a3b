/**
 * The candidate of decision 0044, as compact as it can be: lanes in place of one walk over a request's images.
 * A prototype for `npm run bench -- --only lanes`; nothing in src/ uses it.
 */
const MAX_LANES = 256;
/** Queries of one claim, and images of one query, as today. */
const MAX_QUERIES = 20;
const WIDEST = 500;
const WIDER = 4;
export const FRESH_BEFORE = Date.UTC(2000, 0, 1);

/** FNV-1a. */
const laneOf = (server) => {
  let hash = 0x811c9dc5;
  for (let n = 0; n < server.length; n += 1) hash = Math.imul(hash ^ server.charCodeAt(n), 0x01000193);
  return (hash >>> 0) % MAX_LANES;
};

/** At ingest: gives each image its lane and its position there, and collects what the request must store of its lanes. */
export const createLanes = () => {
  const lanes = new Map();
  return {
    place(inputUrl) {
      const server = new URL(inputUrl).origin;
      const lane = laneOf(server);
      const known = lanes.get(lane) ?? { lane, count: 0, server, url: inputUrl };
      lanes.set(lane, known);
      known.count += 1;
      // Hosts that collide: the lane has no capacity of its own, each of its images must be asked about.
      if (known.server !== server) known.url = null;
      return { lane, nextAt: new Date(known.count - 1) };
    },
    all: () => [...lanes.values()].map(({ lane, count, url }) => ({ lane, count, url })),
  };
};

export const newLaneCursor = () => ({ turn: 0, next: new Map(), empty: new Set() });

/** One dense range with a limit: all that an engine needs that stops reading at the limit. */
export const readDense = (read) => read;

/** The same for an engine that reads every match before it applies a limit. */
export const readNarrow =
  (read) =>
  async ({ from, to }, limit) => {
    for (let at = from, width = Math.max(limit, 1); at < to; at += width, width *= WIDER) {
      const found = await read({ from: at, to: Math.min(at + width, to) }, limit);
      if (found.length > 0) return found;
    }
    return [];
  };

const positionOf = ({ nextAt }) => nextAt.getTime();

/**
 * Due images of the lanes whose hosts have capacity, one lane after the other.
 * @param readLane reads a range of due dates of one lane
 * @param fresh how fresh images are read: `readDense` or `readNarrow`
 */
export const findInLanes = async (readLane, { lanes, now }, wanted, cursor, hosts, fresh) => {
  const due = [];
  const capacities = new Map();
  let queries = 0;
  const isFull = () => due.length >= wanted;
  const available = (host) => capacities.get(host) ?? hosts.available(host);
  const pick = (image) => {
    const host = hosts.hostOf(image.inputUrl);
    const left = available(host);
    if (left > 0) {
      capacities.set(host, left - 1);
      due.push(image);
    }
    return left > 0;
  };

  const claimLane = async ({ lane, count, url }) => {
    const read = (range, limit) => {
      queries += 1;
      return readLane(lane, range, limit);
    };
    const before = due.length;
    let passed = false;
    const room = url === null ? wanted : Math.min(wanted, available(hosts.hostOf(url)));
    let limit = Math.min(wanted - due.length, room);
    let at = cursor.next.get(lane) ?? 0;
    let early = fresh(read)({ from: at, to: count }, limit);
    const [requeued] = await Promise.all([read({ from: FRESH_BEFORE, to: now + 1 }, limit), early]);
    for (const image of requeued) if (!isFull() && !pick(image)) passed = true;
    while (at < count && !isFull() && queries < MAX_QUERIES && (url === null || available(hosts.hostOf(url)) > 0)) {
      const found = await (early ?? fresh(read)({ from: at, to: count }, limit));
      early = undefined;
      const last = found.findIndex((image) => {
        if (isFull()) return true;
        if (!pick(image)) passed = true;
        return false;
      });
      if (last >= 0) at = positionOf(found[last]);
      else at = found.length === 0 ? count : positionOf(found.at(-1)) + 1;
      limit = Math.min(limit * WIDER, WIDEST);
    }
    // From the beginning next time, where images of hosts that had no capacity are left, or of a claim that was lost.
    cursor.next.set(lane, at < count ? at : 0);
    if (due.length === before && !passed && at >= count) cursor.empty.add(lane);
  };

  const { turn } = cursor;
  for (let n = 0; n < lanes.length && !isFull() && queries < MAX_QUERIES; n += 1) {
    const entry = lanes[(turn + n) % lanes.length];
    cursor.turn = turn + n + 1;
    if (cursor.empty.has(entry.lane)) continue;
    if (entry.url !== null && available(hosts.hostOf(entry.url)) <= 0) continue;
    await claimLane(entry);
  }
  const nothingDue = due.length === 0 && cursor.empty.size === lanes.length;
  if (nothingDue) cursor.empty.clear();
  return { due, nothingDue };
};
