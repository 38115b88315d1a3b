/** The part of `node:buffer` that csv/ needs, on the package `buffer`; the page's build substitutes it. */
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
