import { Readable } from 'node:stream';
import { readBody } from '../../../src/images/source/download.ts';
import { noise } from '../../hostile/case.ts';
import { collectGarbage } from '../../support/garbage.ts';
import { waitFor } from '../../support/wait-for.ts';

test('joins chunks of any size', async () => {
  const bytes = noise(300_000);
  for (const size of [1, 1000, 65_535, 65_536, 65_537, 300_000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect((await readBody(Readable.from(chunks), 'host', 300_000)).equals(bytes)).toBe(true);
  }
  expect(await readBody(Readable.from([]), 'host', 1)).toHaveLength(0);
});

test('accepts exactly the limit', async () => {
  const chunks = () => Readable.from([Buffer.alloc(6), Buffer.alloc(4)]);
  expect(await readBody(chunks(), 'host', 10)).toHaveLength(10);
  await expect(readBody(chunks(), 'host', 9)).rejects.toMatchObject({ code: 'image_too_large' });
});

test('keeps only the counted bytes, not their backing buffers', async () => {
  const reads = 500;
  const before = process.memoryUsage().arrayBuffers;
  const padded = Readable.from(
    (async function* () {
      // One byte of a body as emitted by the parser: a view into a full socket read.
      for (let read = 0; read < reads; read += 1) yield Buffer.alloc(1024 * 1024, read & 0xff).subarray(7, 8);
      // Another thread frees the buffers.
      await waitFor(async () => {
        collectGarbage();
        return process.memoryUsage().arrayBuffers - before < 50 * 1024 * 1024;
      });
    })(),
  );
  expect(await readBody(padded, 'host', 1_000_000)).toHaveLength(reads);
});
