import { isDelivered } from '../audit.ts';
import { checkInvariants } from '../check.ts';
import { killAt } from '../cut.ts';
import { type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled } from '../world.ts';

interface Size {
  readonly webhooks: number;
}

export const receiver: Scenario<Size> = {
  number: 7,
  title: "kill -9 between the receiver's 2xx and our own write",
  short: { webhooks: 3 },
  // As many as one receiver gets at the same time: a write that is withheld keeps its permit.
  full: { webhooks: 8 },
  run: ({ webhooks }, { storage, hurry }) =>
    inWorld({ storage, latencyMs: 20, leaseSeconds: 2 }, async (world) => {
      const cut = { name: 'webhook delivered', side: 'before', matches: isDelivered } as const;
      const batches = Array.from({ length: webhooks }, (_, n) => world.rows(4, `r${n}`));
      const uploads = await killAt(world, 0, cut, batches, webhooks);
      const killedAt = performance.now();
      const webhookIds = () =>
        world.receiver.received
          .filter(({ url }) => url === world.webhookPath)
          .map(({ headers }) => headers['webhook-id']);
      const taken = webhookIds().length;
      if (taken !== webhooks) throw new Error(`${taken} webhooks were taken before the kill`);
      await world.start(1);
      await settled(world, hurry);
      const checked = await checkInvariants(world, uploads);
      if (checked.repeatedWebhooks !== webhooks) throw new Error(`${checked.repeatedWebhooks} webhooks came again`);
      const ids = new Set(webhookIds());
      return {
        'webhooks taken, then kill -9': taken,
        'sent again': checked.repeatedWebhooks,
        'with another webhook-id': ids.size - webhooks,
        'all written after': seconds(performance.now() - killedAt),
      };
    }),
};
