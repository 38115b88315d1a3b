import sharp from 'sharp';
import { GIF_END, gifFrame, gifHeader } from '../hostile/containers.ts';
import { run } from './compress-with-defaults.ts';

const png = { format: 'png', quality: 100 } as const;
const transparent = Buffer.from('21f90401000000 00'.replaceAll(' ', ''), 'hex');

const rgba = async (bytes: Buffer) => [...(await sharp(bytes).ensureAlpha().toColourspace('srgb').raw().toBuffer())];
const WHITE = [255, 255, 255, 255];

describe('a first frame that leaves a part of the canvas free', () => {
  const files = [
    ['a still', [gifFrame()], []],
    ['an animation', [gifFrame(), gifFrame()], ['first_frame_only']],
  ] as const;

  it.each(files)('is transparent there: %s', async (_, frames, notes) => {
    const output = await run(Buffer.concat([gifHeader(2, 1), ...frames, GIF_END]), png);
    expect(output).toMatchObject({ width: 2, height: 1, notes });
    expect((await rgba(output.bytes)).slice(4)).toEqual([0, 0, 0, 0]);
  });

  it.each(files)('shows the background there in JPEG: %s', async (_, frames) => {
    const output = await run(Buffer.concat([gifHeader(2, 1), ...frames, GIF_END]), { quality: 100 });
    expect((await rgba(output.bytes)).slice(4)).toEqual(WHITE);
  });
});

it('a frame that covers the canvas stays opaque', async () => {
  const output = await run(Buffer.concat([gifHeader(1, 1), gifFrame(), GIF_END]), png);
  expect((await sharp(output.bytes).metadata()).hasAlpha).toBe(false);
});

it('transparency of the first frame stays', async () => {
  const output = await run(Buffer.concat([gifHeader(2, 1), transparent, gifFrame(), GIF_END]), png);
  expect((await rgba(output.bytes))[7]).toBe(0);
});

it.each([
  ['of no size', gifFrame(0, 0)],
  ['cut off', gifFrame(1, 1).subarray(0, 8)],
  ['with a broken code size', gifFrame(1, 1, Buffer.from([60, 2, 0x44, 1, 0]))],
])('a later frame %s does not matter', async (_, later) => {
  const output = await run(Buffer.concat([gifHeader(1, 1), gifFrame(), later]), png);
  expect(output).toMatchObject({ width: 1, height: 1, notes: ['first_frame_only'] });
});

it('a first frame cut off is corrupt', async () => {
  const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
    .gif()
    .toBuffer();
  await expect(run(whole.subarray(0, whole.length - 20), png)).rejects.toMatchObject({ code: 'corrupt_image' });
});
