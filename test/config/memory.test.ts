import { memoryDefaults } from '../../src/config/memory.ts';
import { loadConfig } from '../../src/config.ts';

const MIB = 1024 * 1024;

describe('defaults from the memory', () => {
  for (const mebibytes of [512, 1024, 2048, 8192, 65_536]) {
    for (const embedded of [true, false]) {
      it(`${mebibytes} MiB, ${embedded ? 'with' : 'without'} a database beside it: the parts fit into the whole`, () => {
        const all = mebibytes * MIB;
        const memory = memoryDefaults(all, embedded);
        const parts =
          memory.maxDecodeBytesInFlight + memory.maxDownloadBytesInFlight + (embedded ? memory.databaseCacheBytes : 0);
        // Node.js with its threads takes what is left at least.
        expect(parts).toBeLessThanOrEqual(all - 150 * MIB);
        expect(memory.maxImageBytes).toBeLessThanOrEqual(memory.maxDownloadBytesInFlight);
      });
    }
  }

  it('a photo of 24 megapixels becomes a JPEG in 512 MiB, and one of 100 an AVIF in 8 GiB', () => {
    expect(memoryDefaults(512 * MIB, true).maxDecodeBytesInFlight).toBeGreaterThan(7 * 24e6 + 8 * MIB);
    expect(memoryDefaults(8192 * MIB, true).maxDecodeBytesInFlight).toBeGreaterThan(39 * 100e6 + 8 * MIB);
    expect(memoryDefaults(2048 * MIB, true).maxDecodeBytesInFlight).toBeLessThan(39 * 100e6);
  });

  it('each can be set, and the memory too', () => {
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
    // The largest source must have room.
    expect(limits.maxDownloadBytesInFlight).toBe(60 * MIB);
    expect(loadConfig({ MEMORY_BYTES: String(512 * MIB) }, 8192 * MIB)).toEqual(
      loadConfig({ MEMORY_BYTES: String(512 * MIB) }, 1),
    );
    expect(loadConfig({}, 512 * MIB).limits.maxDecodeBytesInFlight).toBe(
      memoryDefaults(512 * MIB, true).maxDecodeBytesInFlight,
    );
  });
});
