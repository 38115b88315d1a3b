// A worker whose tasks have the number of pixels in their URL; it sums the admitted pixels over all threads.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { createThreadChannel } = await import(pathToFileURL(resolve('dist/images/pool/channel.js')).href);
const { admit } = createThreadChannel(
  (message, transfer) => parentPort.postMessage(message, transfer),
  () => {},
);
const NOW = 0;
const MOST = 1;

export default async (task) => {
  if ('probe' in task) return true;
  const [pixels, what] = task.url.split(' ');
  await admit(task.ticket, Number(pixels));
  const now = Atomics.add(workerData.sums, NOW, Number(pixels)) + Number(pixels);
  for (let most = Atomics.load(workerData.sums, MOST); now > most; most = Atomics.load(workerData.sums, MOST)) {
    Atomics.compareExchange(workerData.sums, MOST, most, now);
  }
  if (what === 'exit') process.exit(1);
  await new Promise((done) => setTimeout(done, 15));
  Atomics.sub(workerData.sums, NOW, Number(pixels));
  return { ok: true, bytesIn: 1, bytesOut: 1, width: 1, height: 1, notes: [], timings: {} };
};
