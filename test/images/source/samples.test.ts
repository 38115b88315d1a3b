import { readFile } from 'node:fs/promises';
import { readSample, sampleName, withSamples } from '../../../src/images/source/samples.ts';
import type { ImageTask } from '../../../src/images/task.ts';

const BASE = 'http://localhost:3000/samples/';

test.each([
  [`${BASE}mug.jpg`, 'mug.jpg'],
  [`${BASE}mug.jpg?crop=w_1600,h_1200`, 'mug.jpg'],
  [`${BASE}vase-cutout.png#top`, 'vase-cutout.png'],
  [`${BASE}../../etc/passwd`, null],
  [`${BASE}..%2fsecret.jpg`, null],
  [`${BASE}a/b.jpg`, null],
  [`${BASE}products.csv`, null],
  ['http://localhost:3000/api/requests', null],
  ['http://localhost:3001/samples/mug.jpg', null],
  ['http://localhost:3000@evil.example/samples/mug.jpg', null],
  ['http://shop.example/samples/mug.jpg', null],
])('%s refers to %s', (url, name) => expect(sampleName(url, BASE)).toBe(name));

test('a sample is read from its folder; a missing one is source_not_found', async () => {
  expect((await readSample('samples/photos', 'mug.jpg')).bytes).toEqual(await readFile('samples/photos/mug.jpg'));
  await expect(readSample('samples/photos', 'none.jpg')).rejects.toMatchObject({ code: 'source_not_found' });
  await expect(readSample('samples/photos', '../products.csv')).rejects.toMatchObject({ code: 'source_not_found' });
});

test('only images whose URL is a sample of this service are marked as samples', async () => {
  const tasks: ImageTask[] = [];
  const pool = {
    capacity: 1,
    most: 1,
    queued: () => 0,
    load: () => ({ awaitingMemory: 0, awaitingEncode: 0, encoding: 0, storing: 0, threadUtilization: 0 }),
    run: async (task: ImageTask) => {
      tasks.push(task);
      return { ok: false, code: 'source_not_found', message: '', retryable: false } as const;
    },
    close: async () => {},
  };
  const { run } = withSamples(pool, () => BASE);
  for (const url of [`${BASE}mug.jpg`, 'http://shop.example/mug.jpg']) {
    await run({ id: 'x', url, quality: 50, format: 'jpeg' });
  }
  expect(tasks.map(({ sample }) => sample)).toEqual(['mug.jpg', undefined]);
});
