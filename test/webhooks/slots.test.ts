import type { DueDelivery } from '../../src/webhooks/due.ts';
import { createSlots } from '../../src/webhooks/slots.ts';

const setUp = (total = 16) => {
  const time = { now: 1 };
  const slots = createSlots({ total, patienceMs: 1_000 }, () => time.now);
  let made = 0;
  const due = (facts: Partial<DueDelivery> = {}): DueDelivery => {
    made += 1;
    return { _id: `${made}`, nextAt: new Date(0), origin: `http://${made}.example`, tries: 0, ...facts };
  };
  const cut: string[] = [];
  /** Chooses and begins as a claim does. */
  const claim = (all: readonly DueDelivery[]): DueDelivery[] => {
    const picker = slots.picker();
    const chosen = picker.pick(all, picker.places);
    for (const each of chosen) slots.begin(each, () => cut.push(each._id));
    return chosen;
  };
  return { time, slots, due, claim, cut };
};
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('one receiver has an eighth of the slots, however much is due for it', () => {
  const { due, claim } = setUp();
  const busy = many(100, () => due({ origin: 'http://busy.example' }));
  const other = due();
  expect(claim([...busy, other])).toEqual([busy[0], busy[1], other]);
  expect(claim(busy)).toEqual([]);
});

test('what was tried before has a quarter of them, and cuts nothing short', () => {
  const { due, claim, cut, time } = setUp();
  expect(claim(many(100, () => due({ tries: 3 })))).toHaveLength(4);
  expect(claim(many(100, () => due()))).toHaveLength(12);
  time.now += 60_000;
  expect(claim(many(5, () => due({ tries: 1 })))).toEqual([]);
  expect(cut).toEqual([]);
});

test('when there is none, a new delivery takes that of a first attempt that has waited for a second', () => {
  const { due, claim, cut, time } = setUp();
  const silent = many(16, () => due());
  expect(claim(silent)).toHaveLength(16);
  const quick = due();
  time.now += 999;
  expect(claim([quick])).toEqual([]);
  time.now += 1;
  expect(claim([quick])).toEqual([quick]);
  expect(cut).toEqual([silent[0]?._id]);
});

test('tenants share them: the one with the least under way comes first, and the one with the most makes way', () => {
  const { due, claim, cut, time } = setUp();
  const few = many(4, () => due({ tenant: 'few' }));
  claim(few);
  const flood = many(1_000, () => due({ tenant: 'flood' }));
  claim(flood);
  time.now += 2_000;
  const next = due({ tenant: 'few' });
  expect(claim([...flood.slice(100), next])[0]).toBe(next);
  expect(cut).toHaveLength(12);
  expect(cut.every((id) => flood.some(({ _id }) => _id === id))).toBe(true);
  const third = due({ tenant: 'third' });
  time.now += 2_000;
  expect(claim([...flood.slice(200), third])[0]).toBe(third);
});

test('says whether something had to wait', () => {
  const { due, slots } = setUp(2);
  const picker = slots.picker();
  picker.pick([due()], 1);
  expect(picker.isCrowded).toBe(false);
  picker.pick([due(), due()], 2);
  expect(picker.isCrowded).toBe(true);
});
