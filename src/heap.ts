import v8 from 'node:v8';

/**
 * The heap, in MiB, below which V8 collects nothing but short-lived objects. Bodies and socket reads are counted as a part
 * of each thread's heap, so with V8's own first limit, a few MiB, every seventh image costs a full collection.
 */
export const INITIAL_OLD_SPACE_MB = 256;

/** For threads that are started from now on; the main thread's heap is there already, and holds little that V8 counts so. */
export const setInitialHeap = (): void => v8.setFlagsFromString(`--initial-old-space-size=${INITIAL_OLD_SPACE_MB}`);
