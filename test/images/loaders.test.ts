import sharp from 'sharp';
import { prepareSharp } from '../../src/images/loaders.ts';
import { makeImage } from '../support/servers/image-server.mjs';

const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');

it('blocks unneeded loaders and keeps the others enabled', async () => {
  // The setting is global to the process, so another test may have changed it.
  sharp.unblock({ operation: ['VipsForeignLoad'] });
  expect((await sharp(svg).metadata()).format).toBe('svg');
  prepareSharp();
  await expect(sharp(svg).metadata()).rejects.toThrow();
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const) {
    expect((await sharp(await makeImage(format)).metadata()).width).toBe(64);
  }
  expect(sharp.concurrency()).toBe(1);
  sharp.unblock({ operation: ['VipsForeignLoad'] });
});
