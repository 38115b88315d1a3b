import { AppError } from '../../errors.ts';

const APP2 = 0xe2;
const MAX_SEGMENT = 65_519;
const SOF0 = 0xc0;
const SOF2 = 0xc2;
const SOF3 = 0xc3;
const DHT = 0xc4;
const JPG = 0xc8;
const SOF9 = 0xc9;
const SOF10 = 0xca;
const SOF11 = 0xcb;
const DAC = 0xcc;
const SOF15 = 0xcf;
const EOI = 0xd9;
const SOS = 0xda;
const DHP = 0xde;
/** JPEG-LS (ITU-T T.87), which starts like any JPEG. */
const SOF55 = 0xf7;

export interface JpegFrame {
  /** The start-of-frame marker, or DHP, which starts a hierarchical JPEG (ITU-T T.81, table B.1). */
  readonly marker: number;
  /** Bits per sample. */
  readonly precision: number;
  readonly rows: number;
  /** Of the first component, across and down. */
  readonly sampling: readonly [number, number];
}

const startsFrame = (marker: number): boolean =>
  marker === DHP || marker === SOF55 || (marker >= SOF0 && marker <= SOF15 && ![DHT, JPG, DAC].includes(marker));

/** Whether browsers show a JPEG that contains this segment: Huffman-coded, with DCT, in 8 bits (SOF0 to SOF2). */
export const isShownByBrowsers = (marker: number, payload: Buffer): boolean => {
  if (marker === DAC) return false;
  return !startsFrame(marker) || (marker <= SOF2 && payload[0] === 8);
};

const readFrame = (bytes: Buffer, at: number): JpegFrame => {
  const byte = (place: number): number => bytes[at + place] ?? 0;
  return {
    marker: byte(1),
    precision: byte(4),
    rows: byte(5) * 256 + byte(6),
    sampling: [byte(11) >> 4, byte(11) & 15],
  };
};

/** The first frame header, found by the segment lengths before the first scan; null if there is none. */
export const jpegFrame = (bytes: Buffer): JpegFrame | null => {
  for (let at = 2; at + 4 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) {
      // Decoders skip stray bytes between segments, which some cameras write.
      at = bytes.indexOf(0xff, at);
      if (at === -1) return null;
    } else if (marker === 0xff) at += 1;
    else if (startsFrame(marker)) return readFrame(bytes, at);
    else if (marker === SOS || marker === EOI) return null;
    else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  return null;
};

/** What the decoder cannot read, or null. It reads DCT frames, arithmetic-coded ones too, and lossless ones of 8 bits. */
const unreadable = ({ marker, precision }: JpegFrame): string | null => {
  if (marker === SOF55) return 'a JPEG-LS image';
  if (marker === SOF11) return 'a lossless JPEG with arithmetic coding';
  if (marker > SOF3 && marker !== SOF9 && marker !== SOF10) return 'a hierarchical JPEG';
  if (precision === 8) return null;
  return marker === SOF3 ? `a lossless JPEG of ${precision} bits` : `a JPEG of ${precision} bits per colour`;
};

/**
 * Refuses by name the kinds of JPEG that the decoder would report as damaged.
 * @throws AppError `unsupported_image_format`
 */
export const requireReadableJpeg = (bytes: Buffer): void => {
  const frame = jpegFrame(bytes);
  const what = frame && unreadable(frame);
  if (!what) return;
  const message = `The URL returned ${what}, which is not supported. Save it as a JPEG of 8 bits, baseline or progressive.`;
  throw new AppError('unsupported_image_format', message);
};

/** A copy of a JPEG with this profile (ICC.1:2022, annex B.4) right after its start; it must be below 64 KiB. */
export const withJpegProfile = (bytes: Buffer, profile: Buffer): Buffer => {
  if (profile.length > MAX_SEGMENT) throw new Error('the profile needs several segments');
  const head = Buffer.alloc(18);
  head.writeUInt16BE(0xff00 | APP2);
  head.writeUInt16BE(16 + profile.length, 2);
  head.write('ICC_PROFILE\0\x01\x01', 4, 'latin1');
  return Buffer.concat([bytes.subarray(0, 2), head, profile, bytes.subarray(2)]);
};
