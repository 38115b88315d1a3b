import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects all garbage, so that a test measures what is kept: when Node collects depends on the load of the machine. */
export const collectGarbage = runInNewContext('gc') as () => void;

setFlagsFromString('--no-expose-gc');
