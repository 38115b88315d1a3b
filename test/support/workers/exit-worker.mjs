// A worker that exits, hangs or throws by the URL of its task; all other tasks succeed.
const ok = {
  ok: true,
  bytesIn: 1,
  bytesOut: 1,
  width: 1,
  height: 1,
  notes: [],
  timings: { download: 0, encode: 0, store: 0 },
};

export default async (task) => {
  if ('probe' in task) return true;
  if (task.url === 'exit') process.exit(1);
  if (task.url === 'throw')
    setImmediate(() => {
      throw new Error('outside of every task');
    });
  if (task.url === 'hang') for (;;);
  if (task.url === 'throw' || task.url === 'never') return new Promise(() => {});
  if (task.url === 'slow') await new Promise((done) => setTimeout(done, 200));
  return ok;
};
