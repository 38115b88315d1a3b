import type { Stage } from '../../../src/images/pool/channel.ts';
import { loadOf } from '../../../src/images/pool/load.ts';

test('counts tasks by what they wait for', () => {
  const stages: Stage[] = ['download', 'download', 'decode', 'waiting', 'waiting', 'encode', 'store', 'store'];
  // The second waits for room for its bytes, the fourth for room to decode.
  const tasks = new Map(stages.map((_, ticket) => [ticket, { waitsForMemory: ticket === 1 || ticket === 3 }]));
  expect(loadOf(tasks, (ticket) => stages[ticket] ?? 'waiting', 0.5)).toEqual({
    ...{ awaitingMemory: 2, awaitingEncode: 1, encoding: 1, storing: 2, threadUtilization: 0.5 },
  });
});
