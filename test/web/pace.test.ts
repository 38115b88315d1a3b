import { change, duration, size } from '../../src/web/format.ts';
import { createPace } from '../../src/web/rate.ts';

const paceAt = () => {
  const clock = { now: 0 };
  return { clock, pace: createPace(() => clock.now) };
};

test('speed and time left follow a change of pace', () => {
  const { clock, pace } = paceAt();
  expect(pace.add(0, 1000)).toEqual({ perSecond: null, secondsLeft: null });
  clock.now = 500;
  expect(pace.add(10, 990)).toEqual({ perSecond: null, secondsLeft: null });
  clock.now = 2_000;
  expect(pace.add(40, 960)).toEqual({ perSecond: 20, secondsLeft: null });
  clock.now = 4_000;
  expect(pace.add(80, 920)).toEqual({ perSecond: 20, secondsLeft: 46 });
  for (let second = 5; second <= 42; second += 1) {
    clock.now = second * 1000;
    pace.add(80 + (second - 4) * 2, 920 - (second - 4) * 2);
  }
  clock.now = 43_000;
  expect(pace.add(158, 842).perSecond).toBeCloseTo(2, 1);
});

test('the time left is estimated from several images, however slow they are', () => {
  const { clock, pace } = paceAt();
  pace.add(0, 100);
  for (let images = 1; images <= 4; images += 1) {
    clock.now = images * 10_000;
    expect(pace.add(images, 100 - images)).toEqual({ perSecond: 0.1, secondsLeft: null });
  }
  clock.now = 50_000;
  expect(pace.add(5, 95)).toEqual({ perSecond: 0.1, secondsLeft: 950 });
});

test('without progress there is no estimate, and a retry starts a new one', () => {
  const { clock, pace } = paceAt();
  pace.add(5, 5);
  clock.now = 3_000;
  expect(pace.add(5, 5)).toEqual({ perSecond: null, secondsLeft: null });
  clock.now = 4_000;
  expect(pace.add(2, 8)).toEqual({ perSecond: null, secondsLeft: null });
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 KB'],
  [53_949, '54 KB'],
  [999_600, '1 MB'],
  [3_209_943, '3.2 MB'],
  [7_860_000_000, '7.9 GB'],
  [-2_500, '−2.5 KB'],
])('%i bytes are shown as %s', (bytes, text) => expect(size(bytes)).toBe(text));

test.each([
  [100, 15, '−85%'],
  [100, 103, '+3%'],
  [100, 100, '±0%'],
  [0, 0, '±0%'],
])('from %i to %i is %s', (before, after, text) => expect(change(before, after)).toBe(text));

test.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [3_599, '59 min'],
  [7_500, '2 h 5 min'],
  [400_000, '5 days'],
])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));
