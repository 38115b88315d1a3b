import { createHostLimiter } from '../../../src/dispatch/scheduling/host-limiter.ts';
import { serverOf } from '../../../src/network/server.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const clocked = ({ connections = 2, most = 40 } = {}) => {
  const time = { now: 1 };
  const limits = { connections: () => connections, most, maxConsecutiveThrottles: 3 };
  const hosts = createHostLimiter(limits, () => time.now);
  /** The image's download is over; returns the image that follows it. */
  const release = (id: string): string | null => {
    hosts.release(A, id);
    return hosts.grantNext(A);
  };
  return { time, hosts, release };
};

test('a host is scheme, host and port, or a bucket, and nothing else of the URL', () => {
  expect(serverOf('https://user:pw@A.example:443/x.jpg?y')).toBe(A);
  expect(serverOf('http://a.example:8080/')).toBe('http://a.example:8080');
  expect(serverOf('s3://photos/a/b.jpg')).toBe('s3://photos');
  expect(serverOf('nonsense')).toBeNull();
});

test('as many download at once as there are connections, and the others follow in their order', () => {
  const { hosts, release } = clocked();
  expect(['1', '2', '3', '4'].map((id) => hosts.acquire(A, id))).toEqual(['granted', 'granted', 'queued', 'queued']);
  expect(hosts.available(A)).toBe(2);
  expect(hosts.acquire(B, '5')).toBe('granted');
  expect(release('1')).toBe('3');
  expect(['2', '3', '4'].map(release)).toEqual(['4', null, null]);
  expect(hosts.available(A)).toBe(6);
  expect(hosts.acquire(A, '6')).toBe('granted');
});

test('an image that leaves the queue is passed over', () => {
  const { hosts, release } = clocked({ connections: 1 });
  for (const id of ['1', '2', '3']) hosts.acquire(A, id);
  hosts.dequeue(A, '2');
  hosts.dequeue(A, 'unknown');
  expect(release('1')).toBe('3');
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
  const { hosts, time, release } = clocked();
  expect(['1', '2', '3'].map((id) => hosts.acquire(A, id))).toEqual(['granted', 'granted', 'queued']);
  expect(hosts.recordThrottle(A, '1', 5_000)).toEqual(['3']);
  expect(hosts.available(A)).toBe(0);
  expect(hosts.acquire(A, '4')).toBe('refused');
  expect(hosts.available(B)).toBe(6);
  release('1');
  release('2');

  time.now += 5_000;
  expect(hosts.available(A)).toBe(1);
  expect(hosts.acquire(A, '5')).toBe('granted');
  expect(hosts.available(A)).toBe(0);
  hosts.recordSuccess(A);
  expect(hosts.available(A)).toBe(2);
});

test('without a Retry-After the pauses double; those throttled together count once; the pauses come to an end', () => {
  const { hosts, time } = clocked();
  const pauses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    hosts.recordThrottle(A, '1', undefined);
    hosts.recordThrottle(A, '2', undefined);
    const begun = time.now;
    while (hosts.available(A) === 0) time.now += 100;
    pauses.push(time.now - begun);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000]);
  expect(hosts.available(A)).toBe(1);
  hosts.recordThrottle(A, '1', 60_000);
  expect(hosts.available(A)).toBe(6);
});

test('a throttle without a Retry-After is no reason for a pause while other downloads succeed; again and again it is', () => {
  const { hosts } = clocked({ connections: 10 });
  for (const id of ['1', '2', '3', '4']) hosts.acquire(A, id);
  hosts.recordAnswer(A, '1', 100);
  for (const id of ['2', '3', '4', '2']) expect(hosts.recordThrottle(A, id, undefined)).toEqual([]);
  expect(hosts.paused()).toBe(0);
  hosts.recordThrottle(A, '3', undefined);
  expect(hosts.paused()).toBe(1);
});

test('a throttle with a Retry-After pauses the host though others succeed', () => {
  const { hosts } = clocked({ connections: 10 });
  for (const id of ['1', '2']) hosts.acquire(A, id);
  hosts.recordAnswer(A, '1', 100);
  hosts.recordThrottle(A, '2', 1_000);
  expect(hosts.paused()).toBe(1);
});

test('a pause is a quarter of an hour at most', () => {
  const { hosts, time } = clocked();
  hosts.recordThrottle(A, '1', 24 * 60 * 60_000);
  time.now += 15 * 60_000;
  expect(hosts.available(A)).toBe(1);
});

test('the end of the service rejects all queues', () => {
  const { hosts } = clocked();
  for (const id of ['1', '2', '3']) hosts.acquire(A, id);
  expect(hosts.close()).toEqual(['3']);
  hosts.release(A, '1');
  expect(hosts.grantNext(A)).toBeNull();
});
