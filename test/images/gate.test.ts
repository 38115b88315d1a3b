import { createGate } from '../../src/images/gate.ts';

const deferred = () => {
  let finish: (error?: Error) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve());
  });
  return { promise, finish };
};
const settle = () => new Promise(setImmediate);

it('lets so many run at once and the others in their order', async () => {
  const gate = createGate(2);
  const work = [deferred(), deferred(), deferred(), deferred()];
  const begun: number[] = [];
  const done = work.map(({ promise }, index) =>
    gate(async () => {
      begun.push(index);
      await promise;
      return index;
    }),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  work[1]?.finish();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  for (const { finish } of work) finish();
  expect(await Promise.all(done)).toEqual([0, 1, 2, 3]);
});

it('frees the place of work that fails', async () => {
  const gate = createGate(1);
  await expect(gate(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await gate(async () => 'next')).toBe('next');
});

it('lets nobody slip in between one that leaves and one that waits', async () => {
  const gate = createGate(1);
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await settle();
    running -= 1;
  };
  const first = gate(work);
  const second = gate(work);
  await Promise.all([first.then(() => gate(work)), second, gate(work)]);
  expect(most).toBe(1);
});
