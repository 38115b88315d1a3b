/**
 * `node:buffer` for the browser, as far as csv/ needs it; the build puts this in its place. The package `buffer` follows
 * Node's own.
 */
import { Buffer } from 'buffer/index.js';

export { Buffer };

const strict = new TextDecoder('utf-8', { fatal: true });

export const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
};
