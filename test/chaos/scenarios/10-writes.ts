import { isActivate, isClaim, isCount, isDelivered, isEventSettled, isFinish, isInsert, isSettle } from '../audit.ts';
import { checkInvariants } from '../check.ts';
import { type Cut, killAt } from '../cut.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled, type Uploaded } from '../world.ts';

const WRITES: Readonly<Record<string, Cut['matches']>> = {
  'images inserted': isInsert('images'),
  'rows inserted': isInsert('rows'),
  'upload activated': isActivate,
  'images claimed': isClaim,
  'outcome written': isSettle,
  'counters added': isCount,
  'request finished': isFinish,
  'outbox inserted': isInsert('deliveries'),
  'event no longer pending': isEventSettled,
  'webhook delivered': isDelivered,
};

const cut = (name: string, side: Cut['side']): Cut => ({ name, side, matches: WRITES[name] ?? (() => false) });

interface Size {
  readonly cuts: readonly Cut[];
}

export const everyWrite: Scenario<Size> = {
  number: 10,
  title: 'kill -9 just before and just after each kind of write',
  // These need the reconciler; the leases repair the others, which other scenarios cover.
  short: { cuts: [cut('outbox inserted', 'before'), cut('rows inserted', 'after')] },
  full: { cuts: Object.keys(WRITES).flatMap((name) => [cut(name, 'before'), cut(name, 'after')]) },
  run: ({ cuts }, { storage }) =>
    inWorld({ storage, latencyMs: 20, leaseSeconds: 2 }, async (world) => {
      const begun = performance.now();
      const uploads: Uploaded[] = [];
      let slot = 0;
      let unanswered = 0;
      for (const each of cuts) {
        const answered = await killAt(world, slot, each, [world.rows(8, `r${slot}`)]);
        uploads.push(...answered);
        unanswered += 1 - answered.length;
        await world.ageUploads();
        await world.start(slot + 1);
        try {
          await settled(world, true);
          await checkInvariants(world, uploads);
        } catch (error) {
          throw new Error(`kill -9 ${each.side} "${each.name}": ${(error as Error).message}`);
        }
        await world.kill(slot + 1);
        slot += 2;
      }
      return {
        'kinds of write': new Set(cuts.map(({ name }) => name)).size,
        kills: cuts.length,
        'uploads not answered': unanswered,
        took: seconds(performance.now() - begun),
      };
    }),
};
