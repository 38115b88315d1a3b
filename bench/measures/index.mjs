import { growth } from './growth.mjs';
import { naive } from './naive.mjs';
import { perImage } from './per-image.mjs';
import { throughput } from './throughput.mjs';

/** In the order in which they run. */
export const measures = [throughput, naive, perImage, growth];
