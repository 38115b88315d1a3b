import { embeddedTest } from '../support/embedded-test.ts';
import { killInstances } from '../support/instance.ts';
import { ATTACKS } from './attacks.ts';
import { runAttack } from './run.ts';
import { startTarget, type Target } from './target.ts';

/** Each takes a few seconds on an idle machine. */
const LONGEST_MS = 240_000;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
}, LONGEST_MS);
// SIGTERM must still stop it after all attacks.
afterAll(async () => {
  try {
    await target.stop();
  } finally {
    await killInstances();
  }
}, LONGEST_MS);

embeddedTest.each(ATTACKS.map((attack) => [attack.number, attack.title, attack] as const))(
  'abuse %i: %s',
  async (_number, _title, attack) => {
    const { broken } = await runAttack(attack, 'short', target);
    expect(broken).toEqual([]);
  },
  LONGEST_MS,
);
