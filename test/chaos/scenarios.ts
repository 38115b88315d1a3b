import { kills } from './1-kills.ts';
import { freeze } from './2-freeze.ts';
import { claimers } from './3-claimers.ts';
import { databaseKills } from './4-database.ts';
import { lostReplies } from './5-replies.ts';
import { poison } from './6-poison.ts';
import { receiver } from './7-receiver.ts';
import { clocks } from './8-clocks.ts';
import { everyWrite } from './10-writes.ts';
import { smallRequests } from './11-small.ts';
import type { AnyScenario } from './scenario.ts';

/** Number 9, the latency of claims, is a benchmark and lives in bench/. */
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
