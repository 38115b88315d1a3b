import { table } from './report.mjs';
import { showSpread, spread } from './statistics.mjs';

const atLeast = (goal) => ({ goal, sign: '≥', isMet: (value) => value >= goal });
const atMost = (goal) => ({ goal, sign: '≤', isMet: (value) => value <= goal });
const under = (goal) => ({ goal, sign: '<', isMet: (value) => value < goal });
const both = (goal) => ({ embedded: goal, fastest: goal });

/**
 * What the service must reach: ratios of two values of the same round, except where a unit is named. By the name under which
 * a measure reports its values; the embedded Python engine has lower goals where the database weighs.
 */
const GOALS = {
  cpu: ['CPU an image, service and database, to bare sharp', { embedded: atMost(1.2), fastest: atMost(1.15) }],
  'rate-0': ['images/s to bare sharp, 4 hosts, 0 ms', { embedded: atLeast(0.8), fastest: atLeast(0.85) }],
  'rate-50': ['images/s to bare sharp, 4 hosts, 50 ms', { embedded: atLeast(0.8), fastest: atLeast(0.85) }],
  'rate-300': ['images/s to bare sharp, 4 hosts, 300 ms', both(atLeast(0.76))],
  'rate-300-single': ['images/s to bare sharp, a single host, 300 ms', both(atLeast(0.68))],
  'resized-0': ['the same with `maxWidth=512`, 4 hosts, 0 ms', both(atLeast(0.75))],
  'resized-50': ['the same with `maxWidth=512`, 4 hosts, 50 ms', both(atLeast(0.75))],
  imgproxy: ['images/s to imgproxy with a script that saves, 50 ms', both(atLeast(1))],
  all: ['images/s to `Promise.all` of axios and sharp, 50 ms', both(atLeast(1))],
  https: ['images/s over HTTPS to HTTP, 50 ms', both(atLeast(0.93))],
  'refusing-rate': ['a host with 429 above 10 connections: images/s to the best fixed number', both(atLeast(0.9))],
  'refusing-share': ['the same host: share of 429 among its answers', both(under(0.03))],
  'slowing-rate': ['a host that slows down above 8: images/s to the best fixed number', both(atLeast(0.9))],
  'slowing-latency': ['the same host: its latency to that when idle', both(under(1.5))],
  commands: ['database commands an image, at the rate shown below', both(atMost(0.8))],
  tiny: ['CPU of the service for an image of 1×1 pixels, ms', both(atMost(2))],
};

/** @returns a collector for the values of a run, one for each round, and the table of all goals */
export const createGoals = () => {
  const measured = new Map();
  const missing = new Map();
  const rowOf = ([name, [label, ofEngine]], kind) => {
    const { goal, sign, isMet } = ofEngine[kind];
    const values = measured.get(name);
    if (values === undefined) return [label, missing.get(name) ?? 'not in this run', `${sign} ${goal}`, '–'];
    return [label, showSpread(values, 3), `${sign} ${goal}`, isMet(spread(values).median) ? 'yes' : 'no'];
  };
  return {
    record(name, values) {
      if (!(name in GOALS)) throw new Error(`no goal is called ${name}`);
      // Where there is no /proc, or the database is elsewhere, its CPU time is not known.
      if (values.some(Number.isNaN)) missing.set(name, 'not measurable here');
      else measured.set(name, values);
    },
    cannot: (name, why) => missing.set(name, why),
    isEmpty: () => measured.size + missing.size === 0,
    /** @param kind of the engine: `embedded` or `fastest` */
    table: (kind) =>
      table(
        ['', 'measured', 'goal', 'met'],
        Object.entries(GOALS).map((entry) => rowOf(entry, kind)),
      ),
  };
};
