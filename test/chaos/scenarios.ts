import type { AnyScenario } from './scenario.ts';
import { kills } from './scenarios/1-kills.ts';
import { freeze } from './scenarios/2-freeze.ts';
import { claimers } from './scenarios/3-claimers.ts';
import { databaseKills } from './scenarios/4-database.ts';
import { lostReplies } from './scenarios/5-replies.ts';
import { poison } from './scenarios/6-poison.ts';
import { receiver } from './scenarios/7-receiver.ts';
import { clocks } from './scenarios/8-clocks.ts';
import { everyWrite } from './scenarios/10-writes.ts';
import { smallRequests } from './scenarios/11-small.ts';

/** Number 9, the latency of claims, is a benchmark: see bench/. */
export const SCENARIOS: readonly AnyScenario[] = [
  kills,
  freeze,
  claimers,
  databaseKills,
  lostReplies,
  poison,
  receiver,
  clocks,
  everyWrite,
  smallRequests,
];
