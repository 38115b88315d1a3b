/** A marker segment with its length. */
export const segment = (marker: number, payload: Buffer | string): Buffer => {
  const data = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

const SOI_BYTES = 2;
const SOS = 0xda;

interface Part {
  readonly marker: number;
  readonly bytes: Buffer;
}

/** The segments of a well-formed JPEG, each scan with its coded data. */
export const partsOf = (jpeg: Buffer): Part[] => {
  const parts: Part[] = [];
  for (let at = SOI_BYTES; at + 4 <= jpeg.length && jpeg[at + 1] !== 0xd9; ) {
    const marker = jpeg[at + 1] ?? 0;
    let end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (marker === SOS) {
      while (jpeg[end] !== 0xff || jpeg[end + 1] === 0 || ((jpeg[end + 1] ?? 0) & 0xf8) === 0xd0) end += 1;
    }
    parts.push({ marker, bytes: jpeg.subarray(at, end) });
    at = end;
  }
  return parts;
};

export const joined = (parts: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xd8]), ...parts, Buffer.from([0xff, 0xd9])]);

/** The same image with extra segments after its start. */
export const withSegments = (jpeg: Buffer, ...segments: readonly Buffer[]): Buffer =>
  joined([...segments, ...partsOf(jpeg).map(({ bytes }) => bytes)]);

const isFrameHeader = (marker: number): boolean => (marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The same image with a modified frame header: `change` gets its bytes from the marker on. */
export const withFrame = (jpeg: Buffer, change: (frame: Buffer) => void): Buffer =>
  joined(
    partsOf(jpeg).map(({ marker, bytes }) => {
      if (!isFrameHeader(marker)) return bytes;
      const copy = Buffer.from(bytes);
      change(copy);
      return copy;
    }),
  );

/** A frame header that claims another size. */
export const withSize = (jpeg: Buffer, width: number, height: number): Buffer =>
  withFrame(jpeg, (frame) => {
    frame.writeUInt16BE(height, 5);
    frame.writeUInt16BE(width, 7);
  });

/** A progressive image with repeated scans: much decoding work for few bytes. */
export const withScans = (progressive: Buffer, times: number): Buffer => {
  const parts = partsOf(progressive).map(({ bytes }) => bytes);
  const first = partsOf(progressive).find(({ marker }) => marker === SOS)?.bytes ?? Buffer.alloc(0);
  return joined([...parts, ...Array<Buffer>(times).fill(first)]);
};

/** An EXIF segment around a little-endian TIFF structure. */
export const exif = (tiff: Buffer): Buffer => segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));

/** EXIF with an orientation, which may be invalid. */
export const orientation = (value: number): Buffer => {
  const tiff = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
  tiff.writeUInt16LE(value, 18);
  return exif(tiff);
};

/** Part `part` of `of` of a colour profile. */
export const iccPart = (part: number, of: number, data: Buffer): Buffer =>
  segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0', 'latin1'), Buffer.from([part, of]), data]));
