/** The only version constant; a test checks it against package.json. */
export const VERSION = '0.1.0';

/** User-Agent of outgoing requests. */
export const USER_AGENT = `bulk-image-processor/${VERSION}`;
