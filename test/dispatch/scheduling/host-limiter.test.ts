import { createHostLimiter } from '../../../src/dispatch/scheduling/host-limiter.ts';
import { serverOf } from '../../../src/network/server.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const clocked = (limits: Partial<Parameters<typeof createHostLimiter>[0]> = {}) => {
  const time = { now: 1 };
  const hosts = createHostLimiter({ connections: 2, most: 40, maxConsecutiveThrottles: 3, ...limits }, () => time.now);
  return { time, hosts };
};

test('a host is scheme, host and port, or a bucket, and nothing else of the URL', () => {
  expect(serverOf('https://user:pw@A.example:443/x.jpg?y')).toBe(A);
  expect(serverOf('http://a.example:8080/')).toBe('http://a.example:8080');
  expect(serverOf('s3://photos/a/b.jpg')).toBe('s3://photos');
  expect(serverOf('nonsense')).toBeNull();
});

test('as many download at once as there are connections, and the others follow in their order', () => {
  const { hosts } = clocked();
  expect(['1', '2', '3', '4'].map((id) => hosts.acquire(A, id))).toEqual(['granted', 'granted', 'queued', 'queued']);
  expect(hosts.available(A)).toBe(2);
  expect(hosts.acquire(B, '5')).toBe('granted');
  expect(hosts.release(A)).toBe('3');
  expect([1, 2, 3].map(() => hosts.release(A))).toEqual(['4', null, null]);
  expect(hosts.available(A)).toBe(6);
  expect(hosts.acquire(A, '6')).toBe('granted');
});

test('an image that leaves the queue is passed over', () => {
  const { hosts } = clocked({ connections: 1 });
  for (const id of ['1', '2', '3']) hosts.acquire(A, id);
  hosts.dequeue(A, '2');
  hosts.dequeue(A, 'unknown');
  expect(hosts.release(A)).toBe('3');
});

test('images that join a host count against it until they leave', () => {
  const { hosts } = clocked();
  for (let n = 0; n < 6; n += 1) hosts.join(A);
  expect(hosts.available(A)).toBe(0);
  hosts.leave(A);
  expect(hosts.available(A)).toBe(1);
});

test('slow hosts leave capacity for one more, however many they are', () => {
  const { hosts } = clocked({ most: 12 });
  for (let n = 0; n < 6; n += 1) {
    const host = `https://slow-${n}.example`;
    const available = hosts.available(host);
    expect(available).toBeGreaterThan(0);
    for (let one = 0; one < available; one += 1) hosts.acquire(host, `${n}-${one}`);
  }
  expect(hosts.available('https://fast.example')).toBeGreaterThan(0);
});

test('a throttle rejects the queue and refuses everyone, and then one image is tried before the others', () => {
  const { hosts, time } = clocked();
  expect(['1', '2', '3'].map((id) => hosts.acquire(A, id))).toEqual(['granted', 'granted', 'queued']);
  expect(hosts.recordThrottle(A, 5_000)).toEqual(['3']);
  expect(hosts.available(A)).toBe(0);
  expect(hosts.acquire(A, '4')).toBe('refused');
  expect(hosts.available(B)).toBe(6);
  hosts.release(A);
  hosts.release(A);

  time.now += 5_000;
  expect(hosts.available(A)).toBe(1);
  expect(hosts.acquire(A, '5')).toBe('granted');
  expect(hosts.available(A)).toBe(0);
  hosts.recordSuccess(A);
  expect(hosts.available(A)).toBe(5);
});

test('without a Retry-After the pauses double; those throttled together count once; the pauses come to an end', () => {
  const { hosts, time } = clocked();
  const pauses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    hosts.recordThrottle(A, undefined);
    hosts.recordThrottle(A, undefined);
    const begun = time.now;
    while (hosts.available(A) === 0) time.now += 100;
    pauses.push(time.now - begun);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000]);
  expect(hosts.available(A)).toBe(1);
  hosts.recordThrottle(A, 60_000);
  expect(hosts.available(A)).toBe(6);
});

test('a pause is a quarter of an hour at most', () => {
  const { hosts, time } = clocked();
  hosts.recordThrottle(A, 24 * 60 * 60_000);
  time.now += 15 * 60_000;
  expect(hosts.available(A)).toBe(1);
});

test('the end of the service rejects all queues', () => {
  const { hosts } = clocked();
  for (const id of ['1', '2', '3']) hosts.acquire(A, id);
  expect(hosts.close()).toEqual(['3']);
  expect(hosts.release(A)).toBeNull();
});
