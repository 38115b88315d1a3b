import { FOREIGN_TEXT, TAILS, UNITS, type Work } from './foreign-text.ts';

/*
 * Runs in its own process, which the test kills if it hangs. Each function gets texts of 12.5 and 50 kB. The time is the
 * minimum CPU time of several runs, to exclude other processes and compilation. Four times the text may take about four
 * times as long; quadratic work takes sixteen times.
 */

const SHORT = 12_500;
const LONG = 4 * SHORT;
/** Times below this are noise: quadratic work on 50 kB takes over two billion steps. */
const NOISE_MS = 15;
/** Filling a map takes six times as long, and nine on a busy machine, whose caches are shared. */
const MAX_RATIO = 11;
/** Absolute limit, over a hundred times the usual cost. */
const MAX_MS = 4_000;
const TRIES = 4;

const textOf = (unit: string, tail: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length) + tail;

const timeOf = async (work: Work, text: string): Promise<number> => {
  const before = process.cpuUsage();
  await work(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const least = async (work: Work, text: string, tries: number): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries && best > NOISE_MS / 8; n += 1) best = Math.min(best, await timeOf(work, text));
  return best;
};

interface Measured {
  readonly short: number;
  readonly long: number;
}

const measure = async (work: Work, unit: string, tail: string): Promise<Measured> => {
  const text = textOf(unit, tail, LONG);
  let long = await timeOf(work, text);
  if (long <= NOISE_MS) return { short: 0, long };
  // Slow, or paused by the garbage collector: measure again, more precisely.
  const short = await least(work, textOf(unit, tail, SHORT), TRIES);
  for (let n = 0; n < TRIES && isTooLong({ short, long }); n += 1) long = Math.min(long, await timeOf(work, text));
  return { short, long };
};

const isTooLong = ({ short, long }: Measured): boolean =>
  long > MAX_MS || (long > NOISE_MS && long > MAX_RATIO * Math.max(short, NOISE_MS / 8));

const report = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const measureAll = async (name: string, work: Work, tails = TAILS): Promise<void> => {
  // Reported before the start, so that the last name is that of the work that hangs.
  report({ started: name });
  for (const unit of UNITS) {
    for (const tail of tails) {
      const measured = await measure(work, unit, tail);
      if (isTooLong(measured)) report({ name, unit, tail, ...measured });
    }
  }
};

const main = async (): Promise<void> => {
  const [what = '', patterns = '[]'] = process.argv.slice(2);
  if (what === 'functions') {
    for (const [name, work] of Object.entries(FOREIGN_TEXT)) await measureAll(name, work, ['!']);
  } else if (what === 'patterns') {
    for (const [source, flags] of JSON.parse(patterns) as [string, string][]) {
      const every = new RegExp(source, flags.includes('g') ? flags : `${flags}g`);
      await measureAll(`/${source}/${flags}`, (text) => text.replace(every, ''));
    }
  } else {
    const slow: Work = (text) => text.replace(/(?:[a-z]+[-_.]?)*(?:token|secret)$/, '');
    await measureAll('hangs', slow);
  }
  report({ ended: true });
};

void main();
