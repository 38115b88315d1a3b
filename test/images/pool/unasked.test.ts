import { loadConfig } from '../../../src/config.ts';
import { OVERCOMMIT } from '../../../src/images/pool/threads.ts';
import { unaskedOf } from '../../../src/images/pool/unasked.ts';

const MIB = 1024 * 1024;

const of = (memory: number, cores: number) => {
  const { limits, workerThreads, tasksPerThread, encodesPerThread } = loadConfig({}, memory, cores);
  const [tasks, encodes] = [workerThreads * tasksPerThread * OVERCOMMIT, workerThreads * encodesPerThread];
  return { limits, tasks, encodes, unasked: unaskedOf(limits, tasks, encodes) };
};

it.each([
  [512 * MIB, 2],
  [2048 * MIB, 2],
  [8192 * MIB, 8],
  [65_536 * MIB, 64],
])('%d bytes, %d cores: what all images take unasked is an eighth of the bounds', (memory, cores) => {
  const { limits, tasks, encodes, unasked } = of(memory, cores);
  expect(unasked.pixels * encodes).toBeLessThanOrEqual(limits.maxPixelsInFlight / 8);
  expect(unasked.decodeBytes * encodes).toBeLessThanOrEqual(limits.maxDecodeBytesInFlight / 8);
  // 256 KiB of every source were never counted.
  expect(unasked.sourceBytes).toBeLessThanOrEqual(Math.max(MIB / 4, limits.maxDownloadBytesInFlight / 8 / tasks));
});

it('a product photo of 3 megapixels and 0.7 MB asks for nothing on a machine with 16 GiB', () => {
  const { unasked } = of(16_384 * MIB, 2);
  expect(unasked.pixels).toBeGreaterThan(3_000_000);
  expect(unasked.sourceBytes).toBeGreaterThan(700_000);
});
