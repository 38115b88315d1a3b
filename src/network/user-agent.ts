/** How the service names itself to the servers it calls; a test holds the version against package.json. */
export const USER_AGENT = 'bulk-image-processor/0.1.0';
