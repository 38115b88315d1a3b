import { crc32, deflateSync } from 'node:zlib';
import sharp, { type OutputInfo } from 'sharp';

/** Channels of the pixel at (x, y), decoded to sRGB. */
export const pixelAt = async (bytes: Buffer, x: number, y: number): Promise<number[]> => {
  const { data, info }: { data: Buffer; info: OutputInfo } = await sharp(bytes)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + info.channels)];
};

/** An image with one colour on the left half and another on the right. */
export const halves = (left: string, right: string, width = 64, height = 32) =>
  sharp({ create: { width, height, channels: 3, background: left } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: right } }, left: width / 2, top: 0 },
  ]);

/** A PNG with gradients, edges and some grain, like a photo. */
export const photoLike = (width: number, height: number): Promise<Buffer> => {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light =
        90 + 60 * Math.sin(x / 37) * Math.cos(y / 29) + (Math.hypot(x - width / 2, y - height / 2) < 120 ? 60 : 0);
      const grain = ((x * 7919 + y * 104_729 + x * y * 31) % 17) - 8;
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, light + channel * 15 + grain));
      }
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
};

/** A PNG chunk with its checksum. */
export const pngChunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
};

/** A grey PNG of a few kilobytes that declares any size; its data covers only the first rows. */
export const pngBomb = (width: number, height: number): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(1024 * 1024))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
};

/** An animation with frames of different colours. */
export const animation = async (format: 'gif' | 'webp', frames = 3): Promise<Buffer> => {
  const size = { width: 16, height: 16, channels: 3 } as const;
  const colours = ['#ff0000', '#00ff00', '#0000ff'];
  const pages = await Promise.all(
    Array.from({ length: frames }, (_, index) =>
      sharp({ create: { ...size, background: colours[index % 3] ?? '#000000' } })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(pages, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
};
