import { killInstances } from '../support/instance.ts';
import { ATTACKS } from './attacks.ts';
import { runAttack } from './run.ts';
import { startTarget, type Target } from './target.ts';

/** Each takes some seconds on a quiet machine. */
const LONGEST_MS = 240_000;

/** Their defences are on the way; each leaves this list with its own. */
const TO_COME = [10];

let target: Target;
beforeAll(async () => {
  target = await startTarget();
}, LONGEST_MS);
// SIGTERM must still end it, after all that it was sent.
afterAll(async () => {
  try {
    await target.stop();
  } finally {
    await killInstances();
  }
}, LONGEST_MS);

test.each(
  ATTACKS.filter(({ number }) => !TO_COME.includes(number)).map(
    (attack) => [attack.number, attack.title, attack] as const,
  ),
)(
  'abuse %i: %s',
  async (_number, _title, attack) => {
    const { broken } = await runAttack(attack, 'short', target);
    expect(broken).toEqual([]);
  },
  LONGEST_MS,
);
