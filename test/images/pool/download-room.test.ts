import { createDownloadRoom } from '../../../src/images/pool/download-room.ts';

const start = (most: number, largest: number) => {
  const room = createDownloadRoom(most, largest);
  const held = new Map<number, number>();
  let peak = 0;
  return {
    held,
    peak: () => peak,
    grow: (ticket: number, bytes: number) =>
      room.grow(ticket, bytes, () => {
        held.set(ticket, bytes);
        peak = Math.max(
          peak,
          [...held.values()].reduce((sum, each) => sum + each, 0),
        );
      }),
    release: (ticket: number) => {
      held.delete(ticket);
      room.release(ticket);
    },
  };
};

it('what fits continues at once, what does not waits for what is released', () => {
  const { held, grow, release } = start(100, 40);
  grow(1, 30);
  grow(2, 30);
  // The first that asked may use the part that is kept.
  grow(3, 20);
  expect([...held.keys()]).toEqual([1, 2]);
  release(2);
  expect([...held.keys()]).toEqual([1, 3]);
});

it('sources that all grow to the largest size finish, whatever the order, and never hold more than the bound', () => {
  const { held, grow, release, peak } = start(100, 40);
  const tickets = Array.from({ length: 20 }, (_, ticket) => ticket);
  const wanted = new Map(tickets.map((ticket) => [ticket, 5]));
  for (const ticket of tickets) grow(ticket, 5);
  for (let round = 0; wanted.size > 0; round += 1) {
    if (round === 1_000) throw new Error(`no progress: ${[...held.keys()]} hold all`);
    for (const [ticket, bytes] of [...wanted].reverse()) {
      if (held.get(ticket) !== bytes) continue;
      if (bytes === 40) {
        wanted.delete(ticket);
        release(ticket);
      } else {
        wanted.set(ticket, Math.min(40, bytes * 2));
        grow(ticket, Math.min(40, bytes * 2));
      }
    }
  }
  expect(peak()).toBeLessThanOrEqual(100);
  expect(peak()).toBeGreaterThan(60);
});

it('one that ends while it waits is forgotten, and gives back once', () => {
  const { held, grow, release } = start(60, 20);
  grow(1, 20);
  grow(2, 20);
  grow(3, 20);
  release(3);
  release(3);
  release(1);
  grow(4, 40);
  expect(held.get(3)).toBeUndefined();
  release(2);
  expect(held.get(4)).toBe(40);
});
