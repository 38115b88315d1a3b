import { findDueTogether } from '../../src/dispatch/due-together.ts';
import { type HostCapacity, UNLIMITED_HOSTS } from '../../src/dispatch/hosts.ts';

const NOW = Date.UTC(2026, 0, 1);
const image = (requestId: string, name: string, nextAt: number) => ({
  ...{ _id: `${requestId}${name}`, requestId, nextAt: new Date(nextAt), inputUrl: `${name}.example` },
});
const ids = (images: readonly { readonly _id: string }[]) => images.map(({ _id }) => _id);

test('each request gets one image in turn, requeued ones first', () => {
  const images = [0, 1, 2].map((seq) => image('a', `${seq}`, seq));
  const back = image('b', 'back', NOW - 5);
  const { due, left } = findDueTogether(['a', 'b'], [...images, image('b', 'fresh', 0), back], NOW, 3, UNLIMITED_HOSTS);
  expect(ids(due)).toEqual(['a0', 'bback', 'a1']);
  expect(left.get('a')).toMatchObject({ unfinished: 3, more: true });
  expect(left.get('b')).toMatchObject({ unfinished: 2, more: true });
});

test('what is due later is left alone, and it is returned when it is due', () => {
  const images = [image('a', 'now', 0), image('a', 'later', NOW + 700), image('a', 'last', NOW + 9_000)];
  const { due, left } = findDueTogether(['a', 'gone'], images, NOW, 10, UNLIMITED_HOSTS);
  expect(ids(due)).toEqual(['anow']);
  expect(left.get('a')).toEqual({ unfinished: 3, more: false, saturatedHosts: [], dueInMs: 700 });
  expect(left.get('gone')).toMatchObject({ unfinished: 0, more: false });
});

test('images of a host without capacity are passed, and it is returned which host they wait for', () => {
  const hosts: HostCapacity = { hostOf: (url) => url, available: (host) => (host === 'slow.example' ? 1 : 9) };
  const images = [image('a', 'slow', 0), image('b', 'slow', 0), image('b', 'fast', 1)];
  const { due, left } = findDueTogether(['a', 'b'], images, NOW, 10, hosts);
  expect(ids(due)).toEqual(['aslow', 'bfast']);
  expect(left.get('a')).toMatchObject({ more: false, saturatedHosts: [] });
  expect(left.get('b')).toMatchObject({ more: false, saturatedHosts: ['slow.example'] });
});
