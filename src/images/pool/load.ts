import type { PoolLoad } from '../task.ts';
import type { Stage } from './channel.ts';

/** Counts the tasks of the threads by what they wait for. */
export const loadOf = (
  tasks: ReadonlyMap<number, { readonly waitsForMemory: boolean }>,
  stageOf: (ticket: number) => Stage,
  threadUtilization: number,
): PoolLoad => {
  let [awaitingMemory, awaitingEncode, encoding, storing] = [0, 0, 0, 0];
  for (const [ticket, { waitsForMemory }] of tasks) {
    const stage = stageOf(ticket);
    if (waitsForMemory) awaitingMemory += 1;
    else if (stage === 'waiting') awaitingEncode += 1;
    else if (stage === 'encode') encoding += 1;
    else if (stage === 'store') storing += 1;
  }
  return { awaitingMemory, awaitingEncode, encoding, storing, threadUtilization };
};
