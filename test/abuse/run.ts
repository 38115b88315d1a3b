import type { AnyAttack } from './attack.ts';
import { MIB } from './attack.ts';
import { type Cost, startMeter } from './meter.ts';
import { startTarget, type Target } from './target.ts';
import { createTraffic } from './traffic.ts';

/** Longest response time of /health, regardless of other traffic. */
const LONGEST_HEALTH_MS = 5_000;

export interface Result {
  readonly cost: Cost;
  readonly sent: number;
  readonly answers: string;
  readonly notes: readonly string[];
  /** Exceeded bounds and other failures; empty if all held. */
  readonly broken: readonly string[];
}

const exceededBounds = ({ bounds }: AnyAttack, cost: Cost, sent: number, checksTime: boolean): string[] => {
  const found: string[] = [];
  const check = (what: string, bytes: number, limit: number): void => {
    if (bytes > limit * MIB) found.push(`${what} took ${Math.round(bytes / MIB)} MiB, more than ${Math.round(limit)}`);
  };
  check('the service', cost.service.peak - cost.service.before, bounds.serviceMiB);
  check('the database', cost.database.peak - cost.database.before, bounds.databaseMiB);
  check('the disk', cost.disk, bounds.diskMiB(sent / MIB));
  if (checksTime && cost.health > LONGEST_HEALTH_MS) found.push(`/health took ${Math.round(cost.health)} ms`);
  return found;
};

/**
 * Runs one attack and returns its cost and the bounds it exceeded.
 * @param shared a running target; if absent, or if the attack needs its own, a new one is started
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
  const checksTime = size === 'full';
  const meter = await startMeter(target);
  const broken: string[] = [];
  let notes: readonly string[] = [];
  try {
    notes = await attack.run(attack[size], { target, traffic, checksTime });
  } catch (error) {
    const { message, cause } = error as Error;
    broken.push(cause === undefined ? message : `${message} (${cause})`);
  }
  const cost = await meter.stop();
  const ended = target.ended();
  if (ended !== null) broken.push(ended);
  const answers = [...traffic.answers()].sort();
  // A 503 is a valid response; a 500 never is.
  for (const [answer] of answers) if (answer.startsWith('500')) broken.push(`it responded with ${answer}`);
  broken.push(...exceededBounds(attack, cost, traffic.sent(), checksTime));
  return {
    ...{ cost, sent: traffic.sent(), notes, broken },
    answers: answers.map(([answer, times]) => (times === 1 ? answer : `${answer} ×${times}`)).join(', '),
  };
};
