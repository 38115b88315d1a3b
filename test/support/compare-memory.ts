import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Peaks of memory can be measured on Linux only. */
export const measure = existsSync('/proc/self/clear_refs') ? it : it.skip;

/** What the process may have had free already: a small image then grows it by less than it takes. */
const ROOM = 4 * 1024 * 1024;

/**
 * Expects that a process of its own takes at most what is estimated, and not a small part of it.
 * @param outputs lists of what the image becomes, see `measure-image.mjs`
 */
export const compareWithEstimate = async (name: string, file: string, outputs: readonly string[]): Promise<void> => {
  for (const output of outputs) {
    const script = 'test/support/workers/measure-image.mjs';
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, output], {
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    });
    const { grown, estimate, pixels } = JSON.parse(stdout) as Record<'grown' | 'estimate' | 'pixels', number>;
    const [took, expected] = [grown, estimate].map((bytes) => (bytes / pixels).toFixed(1));
    process.stdout.write(`${name} to ${output}: ${took} of ${expected} bytes a pixel\n`);
    expect(grown).toBeLessThanOrEqual(estimate);
    expect(grown + ROOM).toBeGreaterThan(estimate / 8);
  }
};
