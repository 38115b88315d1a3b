import { table } from '../stage/report.mjs';
import { ratios, showSpread, spread } from '../stage/statistics.mjs';
import { FRESH_BEFORE, readDense } from './lanes/candidate.mjs';
import { measureIngest } from './lanes/ingest.mjs';
import { ALL_CAPACITY, between, claim, DUE_INDEX, openLanes, openToday } from './lanes/sides.mjs';

/** Images of one claim. */
const WANTED = 6;
/** Images that a host may have in flight, and claims after which those of the first have ended. */
const HOST_CAPACITY = 6;
const CLAIMS_IN_FLIGHT = 4;
/** The most a request may have, and an engine that is slow with many documents. */
const SLOW_BEHIND = 20_000;

const urlOf = (host, seq) => `https://images${host}.shop${host % 97}.example/catalogue/${seq}/front_1600.jpg`;
const mixed = (images, hosts) => Array.from({ length: images }, (_, seq) => urlOf(seq % hosts, seq));
const hostOf = (url) => new URL(url).origin;

/** Each step of both, in turn and the other one first every other time. */
const alternate = async (rounds, sides, step) => {
  const found = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = sides.map((_, n) => n);
    for (const n of round % 2 === 0 ? order : order.reverse()) found[n].push(await step(sides[n], round));
  }
  return found;
};

const rowOf = (label, [today, lanes]) => {
  const pick = (rounds, key) => rounds.map((round) => round[key]);
  const [ms, msOfLanes] = [pick(today, 'ms'), pick(lanes, 'ms')];
  return [
    label,
    showSpread(ms),
    showSpread(msOfLanes),
    showSpread([spread(ratios(msOfLanes, ms)).median], 2),
    showSpread(pick(today, 'queries'), 0),
    showSpread(pick(lanes, 'queries'), 0),
  ];
};

/** Hosts whose images are in flight until some claims later; each side has its own. */
const limitedHosts = (throttled) => {
  const inFlight = new Map();
  const claims = [];
  const add = (images, by) => {
    for (const { inputUrl } of images) inFlight.set(hostOf(inputUrl), (inFlight.get(hostOf(inputUrl)) ?? 0) + by);
  };
  return {
    hostOf,
    available: (host) => (throttled(host) ? 0 : HOST_CAPACITY - (inFlight.get(host) ?? 0)),
    claimed(images) {
      claims.push(images);
      add(images, 1);
      if (claims.length > CLAIMS_IN_FLIGHT) add(claims.shift(), -1);
    },
  };
};

const NO_LIMIT = () => ({ ...ALL_CAPACITY, claimed: () => {} });

/** Claims one after the other until `rounds` are measured. */
const claims = async (sides, urls, rounds, createHosts) => {
  const states = new Map();
  for (const side of sides) {
    states.set(side, { request: await side.fill(urls), cursor: side.newCursor(), hosts: createHosts(), images: 0 });
  }
  const found = await alternate(rounds, sides, async (side) => {
    const state = states.get(side);
    const measured = await side.measure(() => claim(side, state.request, WANTED, state.cursor, state.hosts));
    state.hosts.claimed(measured.result);
    state.images += measured.result.length;
    return measured;
  });
  return { found, images: [...states.values()].map(({ images }) => images) };
};

/** Claims until one of the fast host's images is found, behind those of a host without capacity. */
const behindSlow = async (sides, behind, rounds) => {
  const fast = (url) => url.includes('fast');
  const urls = [...mixed(behind, 1), ...Array.from({ length: 400 }, (_, n) => `https://fast.example/${n}.jpg`)];
  const hosts = { hostOf, available: (host) => (fast(host) ? Number.POSITIVE_INFINITY : 0) };
  const states = new Map();
  for (const side of sides) states.set(side, { request: await side.fill(urls), cursor: side.newCursor() });
  const untilFast = (side, cursor) =>
    side.measure(async () => {
      for (;;) {
        const images = await claim(side, states.get(side).request, WANTED, cursor, hosts);
        if (images.some(({ inputUrl }) => fast(inputUrl))) return images;
      }
    });
  const cold = await alternate(rounds, sides, (side) => untilFast(side, side.newCursor()));
  for (const side of sides) await untilFast(side, states.get(side).cursor);
  const warm = await alternate(rounds, sides, (side) => untilFast(side, states.get(side).cursor));
  return { cold, warm };
};

/** All images leased or waiting for a retry in an hour: what it takes to know that nothing is due. */
const nothingDue = async (sides, urls, rounds) => {
  const states = new Map();
  for (const side of sides) {
    const request = await side.fill(urls);
    await side.images.updateMany({ requestId: request._id }, { $set: { nextAt: new Date(Date.now() + 3_600_000) } });
    states.set(side, { request, cursor: side.newCursor() });
  }
  const found = await alternate(rounds, sides, (side) => {
    const { request, cursor } = states.get(side);
    return side.measure(async () => {
      // A claim of the candidate is bounded in queries, and may not have seen every lane.
      for (let isOver = false; !isOver; isOver = (cursor.empty?.size ?? 0) === 0) {
        if ((await claim(side, request, WANTED, cursor)).length > 0) throw new Error('nothing was due');
      }
    });
  });
  return { found, requests: sides.map((side) => states.get(side).request) };
};

/** Whether a request has anything unfinished: today's way, and what there is without an index of due dates alone. */
const unfinishedWays = async ([today, lanes], [request, ofLanes], rounds) => {
  const all = { from: 0, to: Date.UTC(9000, 0, 1) };
  const inLanes = (range) => ({
    requestId: ofLanes._id,
    lane: { $in: ofLanes.lanes.map(({ lane }) => lane) },
    nextAt: between(range),
  });
  const finish = (side, { _id }) => side.images.updateMany({ requestId: _id }, { $unset: { nextAt: '' } });
  await finish(today, request);
  await finish(lanes, ofLanes);
  const ways = [
    ['{requestId, nextAt}', () => today.measure(() => today.store.hasUnfinished(request))],
    [
      'a query a lane',
      () =>
        lanes.measure(async () => {
          const read = lanes.readLane(ofLanes);
          for (const { lane } of ofLanes.lanes) if ((await read(lane, all, 1)).length > 0) return true;
          return false;
        }),
    ],
    ['all lanes by $in', () => lanes.measure(() => lanes.images.find(inLanes(all), { _id: 1 }).limit(1).lean())],
    [
      'retries of all lanes by $in',
      () =>
        lanes.measure(() =>
          lanes.images
            .find(inLanes({ from: FRESH_BEFORE, to: Date.now() }), { _id: 1 })
            .limit(WANTED)
            .lean(),
        ),
    ],
  ];
  const found = await alternate(rounds, ways, ([, work]) => work());
  return ways.map(([label], n) => [
    label,
    showSpread(found[n].map(({ ms }) => ms)),
    showSpread(
      found[n].map(({ queries }) => queries),
      0,
    ),
  ]);
};

export const lanes = {
  name: 'lanes',
  title: '12. Claims by lanes, the candidate of decision 0044',
  sizes: {
    full: { images: 20_000, behind: 100_000, rounds: 30 },
    quick: { images: 2_000, behind: 2_000, rounds: 5 },
  },

  async run({ sizes, say, database }) {
    const server = await database();
    const behind = server.isSlow ? Math.min(SLOW_BEHIND, sizes.behind) : sizes.behind;
    const { images, rounds } = sizes;
    const sides = [await openToday(server.address('today')), await openLanes(server.address('lanes'))];
    const polled = [await openToday(server.address('todayPolls')), await openLanes(server.address('lanesPolls'))];
    const withBoth = await openLanes(server.address('both'), { indexes: [DUE_INDEX] });
    const [, ofLanes] = sides;
    const dense = { ...ofLanes, find: (...how) => ofLanes.find(...how, readDense) };
    const rows = [];
    const done = (label, found) => {
      rows.push(rowOf(label, found));
      say(rows.at(-1).join(' · '));
    };
    try {
      for (const [hosts, label] of [
        [1, 'one host'],
        [40, '40 hosts'],
        [1_000, '1,000 hosts'],
      ]) {
        done(`claim, ${label}`, (await claims(sides, mixed(images, hosts), rounds, NO_LIMIT)).found);
      }
      const both = await claims([sides[0], withBoth], mixed(images, 40), rounds, NO_LIMIT);
      done('claim, 40 hosts, index of due dates as well', both.found);
      done('claim, one host, dense range', (await claims([sides[0], dense], mixed(images, 1), rounds, NO_LIMIT)).found);
      const throttled = (host) => /\d*[05]\.shop/.test(host);
      const limited = await claims(sides, mixed(images, 1_000), rounds, () => limitedHosts(throttled));
      done(`claim, 1,000 hosts, a fifth throttled (images: ${limited.images.join(', ')})`, limited.found);
      const { cold, warm } = await behindSlow(sides, behind, rounds);
      done(`first fast image behind ${behind} slow ones, empty memory`, cold);
      done('the same, next claims', warm);
      const unfinished = [];
      // In databases of their own: `$in` takes minutes next to what the claims above have written.
      for (const hosts of [1, 40, 1_000]) {
        const { found, requests } = await nothingDue(polled, mixed(2_000, hosts), rounds);
        done(`nothing due, ${hosts} host(s), ${requests[1].lanes.length} lane(s)`, found);
        for (const row of await unfinishedWays(polled, requests, rounds)) {
          unfinished.push([`${requests[1].lanes.length} lane(s)`, ...row]);
        }
      }
      const ingest = await measureIngest(server, mixed(images, 40), Math.ceil((rounds * 1_000) / images));
      return [
        `Claims of ${WANTED} images by the service's own code and by a prototype of lanes (bench/measures/lanes/), in alternation on one server, ${rounds} times each; of ${images} images where nothing else is written. The ratio is that of lanes to today, by pairs. Queries are commands sent, the lease included.`,
        table(['', 'today, ms', 'lanes, ms', 'lanes / today', 'today, queries', 'lanes, queries'], rows),
        'Whether anything of a finished request of 2,000 images is unfinished, which cancelling and completion ask:',
        table(['', 'how', 'ms', 'queries'], unfinished),
        ...ingest,
      ];
    } finally {
      for (const side of [...sides, ...polled, withBoth]) await side.close();
    }
  },
};
