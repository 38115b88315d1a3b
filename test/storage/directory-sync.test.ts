import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDirectorySync } from '../../src/storage/directory-sync.ts';

/** A sync that the test completes; `begun` counts started syncs. */
const manual = () => {
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const sync = () => new Promise<void>((resolve, reject) => open.push({ resolve, reject }));
  return { sync, open };
};

/** Lets every promise that can settle do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('callers that arrive during a sync share the next one', async () => {
  const { sync, open } = manual();
  const syncDirectory = createDirectorySync('folder', sync);
  const done: string[] = [];
  const call = (name: string) => syncDirectory().then(() => done.push(name));
  const all = [call('first'), call('second'), call('third')];
  expect(open).toHaveLength(1);

  open[0]?.resolve();
  await settle();
  expect(done).toEqual(['first']);
  expect(open).toHaveLength(2);

  all.push(call('fourth'));
  open[1]?.resolve();
  await settle();
  expect(done).toEqual(['first', 'second', 'third']);
  open[2]?.resolve();
  await Promise.all(all);
  expect(open).toHaveLength(3);
});

it('a failed sync rejects its own callers only, and the next one runs', async () => {
  const { sync, open } = manual();
  const syncDirectory = createDirectorySync('folder', sync);
  const first = syncDirectory();
  const second = syncDirectory();
  open[0]?.reject(new Error('disk gone'));
  await expect(first).rejects.toThrow('disk gone');
  await settle();
  open[1]?.resolve();
  await second;

  const third = syncDirectory();
  open[2]?.resolve();
  await third;
});

it('syncs a real folder, and fails if it is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sync-'));
  await createDirectorySync(folder)();
  await rm(folder, { recursive: true });
  await expect(createDirectorySync(folder)()).rejects.toMatchObject({ code: 'ENOENT' });
});
