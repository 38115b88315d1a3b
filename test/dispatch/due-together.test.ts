import { findDueTogether } from '../../src/dispatch/due-together.ts';
import { ALL_ROOM, type OriginRoom } from '../../src/dispatch/host-limiter.ts';

const NOW = Date.UTC(2026, 0, 1);
const image = (requestId: string, name: string, nextAt: number) => ({
  ...{ _id: `${requestId}${name}`, requestId, nextAt: new Date(nextAt), inputUrl: `${name}.example` },
});
const ids = (images: readonly { readonly _id: string }[]) => images.map(({ _id }) => _id);

test('each request gets one image in turn, those that come back first', () => {
  const images = [0, 1, 2].map((seq) => image('a', `${seq}`, seq));
  const back = image('b', 'back', NOW - 5);
  const { due, looks } = findDueTogether(['a', 'b'], [...images, image('b', 'fresh', 0), back], NOW, 3, ALL_ROOM);
  expect(ids(due)).toEqual(['a0', 'bback', 'a1']);
  expect(looks.get('a')).toMatchObject({ unfinished: 3, more: true });
  expect(looks.get('b')).toMatchObject({ unfinished: 2, more: true });
});

test('what is due later is left alone, and it is told when it is due', () => {
  const images = [image('a', 'now', 0), image('a', 'later', NOW + 700), image('a', 'last', NOW + 9_000)];
  const { due, looks } = findDueTogether(['a', 'gone'], images, NOW, 10, ALL_ROOM);
  expect(ids(due)).toEqual(['anow']);
  expect(looks.get('a')).toEqual({ unfinished: 3, more: false, waitingFor: [], dueInMs: 700 });
  expect(looks.get('gone')).toMatchObject({ unfinished: 0, more: false });
});

test('images of a server without room are passed, and it is told which server they wait for', () => {
  const origins: OriginRoom = { originOf: (url) => url, room: (origin) => (origin === 'slow.example' ? 1 : 9) };
  const images = [image('a', 'slow', 0), image('b', 'slow', 0), image('b', 'fast', 1)];
  const { due, looks } = findDueTogether(['a', 'b'], images, NOW, 10, origins);
  expect(ids(due)).toEqual(['aslow', 'bfast']);
  expect(looks.get('a')).toMatchObject({ more: false, waitingFor: [] });
  expect(looks.get('b')).toMatchObject({ more: false, waitingFor: ['slow.example'] });
});
