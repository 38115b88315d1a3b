// A worker that introduces itself to the pool as the real one does; its results tell the thread (bytesIn) and the threads that were open (width). The URL `exit` ends it.
import { MessageChannel, parentPort, threadId } from 'node:worker_threads';

let open = 0;
const { port1, port2 } = new MessageChannel();
port1.on('message', ({ type, share }) => {
  if (type === 'share') open = share.among;
});
parentPort.postMessage({ thread: threadId, channel: port2 }, [port2]);

export default async (task) => {
  if ('probe' in task) return true;
  if (task.url === 'exit') process.exit(1);
  await new Promise((done) => setTimeout(done, 50));
  const timings = { download: 0, encode: 0, store: 0 };
  return { ok: true, bytesIn: threadId, bytesOut: 1, width: open, height: 1, notes: [], timings };
};
