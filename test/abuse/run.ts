import type { AnyAttack } from './attack.ts';
import { MIB } from './attack.ts';
import { type Cost, startMeter } from './meter.ts';
import { startTarget, type Target } from './target.ts';
import { createTraffic } from './traffic.ts';

/** Nobody waits longer than this for a sign of life, whatever others send. */
const LONGEST_HEALTH_MS = 5_000;

export interface Result {
  readonly cost: Cost;
  readonly sent: number;
  readonly answers: string;
  readonly notes: readonly string[];
  /** Empty: every bound held. */
  readonly broken: readonly string[];
}

const breaches = ({ bounds }: AnyAttack, cost: Cost, sent: number, judgesTime: boolean): string[] => {
  const found: string[] = [];
  const hold = (what: string, bytes: number, most: number): void => {
    if (bytes > most * MIB) found.push(`${what} took ${Math.round(bytes / MIB)} MiB, more than ${Math.round(most)}`);
  };
  hold('the service', cost.service.peak - cost.service.before, bounds.serviceMiB);
  hold('the database', cost.database.peak - cost.database.before, bounds.databaseMiB);
  hold('the disk', cost.disk, bounds.diskMiB(sent / MIB));
  if (judgesTime && cost.health > LONGEST_HEALTH_MS) found.push(`/health took ${Math.round(cost.health)} ms`);
  return found;
};

/**
 * Does one attack, and tells what it cost and which bounds it passed.
 * @param shared a target that is running already; without one, or where the attack needs another, it gets its own
 */
export const runAttack = async (attack: AnyAttack, size: 'short' | 'full', shared?: Target): Promise<Result> => {
  if (shared !== undefined && attack.prepare === undefined) return measure(attack, size, shared, {});
  const prepared = await attack.prepare?.();
  const target = await startTarget(prepared?.environment);
  try {
    const result = await measure(attack, size, target, prepared?.headers ?? {});
    const stopped = await target.stop().then(
      () => [],
      (error: Error) => [error.message],
    );
    return { ...result, broken: [...result.broken, ...stopped] };
  } finally {
    await prepared?.close();
  }
};

const measure = async (
  attack: AnyAttack,
  size: 'short' | 'full',
  target: Target,
  headers: Readonly<Record<string, string>>,
): Promise<Result> => {
  const traffic = createTraffic(target.url, headers);
  const judgesTime = size === 'full';
  const meter = await startMeter(target);
  const broken: string[] = [];
  let notes: readonly string[] = [];
  try {
    notes = await attack.run(attack[size], { target, traffic, judgesTime });
  } catch (error) {
    const { message, cause } = error as Error;
    broken.push(cause === undefined ? message : `${message} (${cause})`);
  }
  const cost = await meter.stop();
  const ended = target.ended();
  if (ended !== null) broken.push(ended);
  const answers = [...traffic.answers()].sort();
  // A 5xx that says "later" is an answer; a 500 never is.
  for (const [answer] of answers) if (answer.startsWith('500')) broken.push(`it answered ${answer}`);
  broken.push(...breaches(attack, cost, traffic.sent(), judgesTime));
  return {
    ...{ cost, sent: traffic.sent(), notes, broken },
    answers: answers.map(([answer, times]) => (times === 1 ? answer : `${answer} ×${times}`)).join(', '),
  };
};
