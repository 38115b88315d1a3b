import { memoryDefaults } from '../../src/config/memory.ts';
import { loadConfig } from '../../src/config.ts';

const MIB = 1024 * 1024;

describe('defaults derived from the memory', () => {
  for (const mebibytes of [512, 1024, 2048, 8192, 65_536]) {
    for (const embedded of [true, false]) {
      it(`${mebibytes} MiB, ${embedded ? 'with' : 'without'} an embedded database: the parts fit into the total`, () => {
        const all = mebibytes * MIB;
        const memory = memoryDefaults(all, embedded);
        const parts =
          memory.maxDecodeBytesInFlight + memory.maxDownloadBytesInFlight + (embedded ? memory.databaseCacheBytes : 0);
        // At least the rest is for Node.js and its threads.
        expect(parts).toBeLessThanOrEqual(all - 150 * MIB);
        expect(memory.maxImageBytes).toBeLessThanOrEqual(memory.maxDownloadBytesInFlight);
      });
    }
  }

  it('512 MiB are enough for a 24-megapixel JPEG, and 8 GiB for a 100-megapixel AVIF', () => {
    expect(memoryDefaults(512 * MIB, true).maxDecodeBytesInFlight).toBeGreaterThan(7 * 24e6 + 8 * MIB);
    expect(memoryDefaults(8192 * MIB, true).maxDecodeBytesInFlight).toBeGreaterThan(39 * 100e6 + 8 * MIB);
    expect(memoryDefaults(2048 * MIB, true).maxDecodeBytesInFlight).toBeLessThan(39 * 100e6);
  });

  it('the threads together may leave no more garbage than the memory has room for', () => {
    expect(loadConfig({}, 512 * MIB).threadHeapBytes * 3).toBeLessThanOrEqual((512 * MIB) / 16);
    expect(loadConfig({ WORKER_THREADS: '12' }, 2048 * MIB).threadHeapBytes * 12).toBeLessThanOrEqual(128 * MIB);
    expect(loadConfig({}, 65_536 * MIB).threadHeapBytes).toBe(256 * MIB);
  });

  it('each default can be overridden, and the memory too', () => {
    const { limits, databaseCacheBytes, tasksPerThread } = loadConfig({
      MEMORY_BYTES: String(512 * MIB),
      MAX_DECODE_BYTES_IN_FLIGHT: String(77 * MIB),
      MAX_IMAGE_BYTES: String(60 * MIB),
      MAX_DOWNLOAD_BYTES_IN_FLIGHT: String(55 * MIB),
      DATABASE_CACHE_BYTES: String(20 * MIB),
      TASKS_PER_THREAD: '3',
    });
    expect(limits.maxDecodeBytesInFlight).toBe(77 * MIB);
    expect(databaseCacheBytes).toBe(20 * MIB);
    expect(tasksPerThread).toBe(3);
    // At least the largest allowed image.
    expect(limits.maxDownloadBytesInFlight).toBe(60 * MIB);
    expect(loadConfig({ MEMORY_BYTES: String(512 * MIB) }, 8192 * MIB)).toEqual(
      loadConfig({ MEMORY_BYTES: String(512 * MIB) }, 1),
    );
    expect(loadConfig({}, 512 * MIB).limits.maxDecodeBytesInFlight).toBe(
      memoryDefaults(512 * MIB, true).maxDecodeBytesInFlight,
    );
  });
});
