const APP2 = 0xe2;
const MAX_SEGMENT = 65_519;

/** A copy of a JPEG with this profile (ICC.1:2022, annex B.4) right after its start; it must be below 64 KiB. */
export const withJpegProfile = (bytes: Buffer, profile: Buffer): Buffer => {
  if (profile.length > MAX_SEGMENT) throw new Error('the profile needs several segments');
  const head = Buffer.alloc(18);
  head.writeUInt16BE(0xff00 | APP2);
  head.writeUInt16BE(16 + profile.length, 2);
  head.write('ICC_PROFILE\0\x01\x01', 4, 'latin1');
  return Buffer.concat([bytes.subarray(0, 2), head, profile, bytes.subarray(2)]);
};
