const latin1 = new TextDecoder('windows-1252');

/** IPTC-IIM and EXIF rarely say how their texts are encoded: UTF-8 where the bytes are valid, otherwise Windows-1252. */
export const decodeText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return latin1.decode(bytes).trim();
  }
};

/** Bytes of one value in a packet. */
export const MAX_VALUE_BYTES = 4 * 1024;

/** Bytes of one text of a source that are looked at. */
export const MAX_TEXT_BYTES = 32 * 1024;

/** Creators of one picture. */
export const MAX_CREATORS = 20;
