import { createCoalescer } from '../../src/dispatch/coalescing.ts';
import { AppError } from '../../src/errors.ts';
import type { ImageResult, ImageTask } from '../../src/images/task.ts';

const done: ImageResult = {
  ...{ ok: true, bytesIn: 20, bytesOut: 10, crc32: 7, width: 3, height: 2, notes: ['kept_original'] },
  timings: { download: 50, encode: 60, store: 7 },
};
const failure = (code: Extract<ImageResult, { ok: false }>['code'], retryable: boolean): ImageResult => ({
  ...{ ok: false, code, message: 'no', retryable },
});
const task = (id: string, more: Partial<ImageTask> = {}): ImageTask => ({
  ...{ id, url: 'https://u:p@a.example/1.jpg', quality: 50, format: 'jpeg' },
  ...more,
});

const setUp = (copy: (from: string, to: string) => Promise<boolean> = async () => true) => {
  const time = { now: 100 };
  const copies: string[] = [];
  const processed: string[] = [];
  const finish = new Map<string, (result: ImageResult | null) => void>();
  const coalescer = createCoalescer(
    async (from, to) => {
      copies.push(`${from.id}>${to.id}`);
      return copy(from.id, to.id);
    },
    () => time.now,
  );
  const share = (one: ImageTask, since = 0, tenant = 'default') =>
    coalescer.run(tenant, one, since, () => {
      processed.push(one.id);
      return new Promise((resolve) => finish.set(one.id, resolve));
    });
  const end = async (id: string, result: ImageResult | null) => {
    finish.get(id)?.(result);
    await new Promise(setImmediate);
  };
  return { time, copies, processed, share, end };
};

test('images of one URL and options at the same time are processed once, and each has its own output', async () => {
  const { share, end, processed, copies } = setUp();
  const all = ['a', 'b', 'c'].map((id) => share(task(id)));
  await end('a', done);
  const [first, second, third] = await Promise.all(all);
  expect(processed).toEqual(['a']);
  expect(copies).toEqual(['a>b', 'a>c']);
  expect(first).toBe(done);
  for (const shared of [second, third]) {
    expect(shared).toEqual({ ...done, timings: { download: 0, encode: 0, store: expect.any(Number) } });
  }
});

test.each([
  ['quality', { quality: 51 }],
  ['format', { format: 'webp' as const }],
  ['mozjpeg', { mozjpeg: true }],
  ['progressive', { progressive: true }],
  ['metadata', { metadata: 'rights' as const }],
  [
    'list of outputs',
    {
      outputs: [
        { format: 'jpeg', quality: 50 },
        { format: 'webp', quality: 50 },
      ] as const,
    },
  ],
  ['password', { url: 'https://u:q@a.example/1.jpg' }],
  ['URL', { url: 'https://u:p@a.example/1.jpg?' }],
])('another %s is another result', async (_what, more) => {
  const { share, processed } = setUp();
  void share(task('a'));
  void share(task('b', more));
  expect(processed).toEqual(['a', 'b']);
});

test('a finished result serves the requests that were there when it was finished, and no later one', async () => {
  const { share, end, processed, time } = setUp();
  const first = share(task('a'), 90);
  await end('a', done);
  await first;
  time.now = 200;
  expect(await share(task('b'), 100)).toMatchObject({ ok: true, bytesIn: 20 });
  expect(processed).toEqual(['a']);
  void share(task('c'), 101);
  expect(processed).toEqual(['a', 'c']);
});

test.each([
  ['source_not_found', false],
  ['source_unavailable', true],
] as const)('%s of the source is returned to all, and not remembered', async (code, retryable) => {
  const { share, end, processed } = setUp();
  const all = [share(task('a')), share(task('b'))];
  await end('a', failure(code, retryable));
  expect(await Promise.all(all)).toEqual([failure(code, retryable), failure(code, retryable)]);
  void share(task('c'));
  expect(processed).toEqual(['a', 'c']);
});

test.each([
  ['a crash', failure('worker_crashed', true)],
  ['a full store', failure('storage_failed', true)],
  ['an image that is given back', null],
])('%s is of the first alone: the next takes its place', async (_what, result) => {
  const { share, end, processed, copies } = setUp();
  const all = ['a', 'b', 'c'].map((id) => share(task(id)));
  await end('a', result);
  expect(processed).toEqual(['a', 'b']);
  await end('b', done);
  expect((await Promise.all(all)).map((each) => each?.ok ?? null)).toEqual([result?.ok ?? null, true, true]);
  expect(copies).toEqual(['b>c']);
});

test('an output that is gone is made anew, in flight and later', async () => {
  const { share, end, processed } = setUp(async () => false);
  const all = [share(task('a')), share(task('b'))];
  await end('a', done);
  expect(processed).toEqual(['a', 'b']);
  await end('b', done);
  await Promise.all(all);
  void share(task('c'));
  await new Promise(setImmediate);
  expect(processed).toEqual(['a', 'b', 'c']);
});

test('a copy that fails is a store that fails', async () => {
  const { share, end } = setUp(() => Promise.reject(new AppError('storage_failed', 'The disk is full.')));
  const all = [share(task('a')), share(task('b'))];
  await end('a', done);
  expect((await Promise.all(all))[1]).toEqual({ ...failure('storage_failed', true), message: 'The disk is full.' });
});

test('nothing is shared between tenants, neither at the same time nor later', async () => {
  const { share, end, copies, processed } = setUp();
  const first = share(task('a'), 0, 'shop');
  const second = share(task('b'), 0, 'other');
  expect(processed).toEqual(['a', 'b']);
  await end('a', done);
  await end('b', done);
  expect(await Promise.all([first, second])).toEqual([done, done]);
  void share(task('c'), 0, 'third');
  await share(task('d'), 0, 'shop');
  expect(processed).toEqual(['a', 'b', 'c']);
  expect(copies).toEqual(['a>d']);
});
