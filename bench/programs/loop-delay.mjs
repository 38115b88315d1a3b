/**
 * Preloaded into the service (`node --import`): measures how late its main event loop runs, and answers when asked over
 * the channel of the starting process. The first question begins it. Nothing of the service itself is changed.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 5;

if (isMainThread && process.send !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // What is recorded is the time between two ticks, the interval itself included.
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  process.on('message', ({ number, bench }) => {
    if (bench !== 'loop-delay') return;
    // From the first question on: 200 times a second its timer would cost every other measure.
    delays.enable();
    const answer = { p50: late(delays.percentile(50)), p99: late(delays.percentile(99)), max: late(delays.max) };
    delays.reset();
    process.send({ answerTo: number, answer });
  });
}
