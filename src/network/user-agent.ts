/** A test holds it against package.json. */
export const VERSION = '0.1.0';

/** How the service names itself to the servers it calls. */
export const USER_AGENT = `bulk-image-processor/${VERSION}`;
