import { claim } from './claim.mjs';
import { commands } from './commands.mjs';
import { crowd } from './crowd.mjs';
import { encoders } from './encoders.mjs';
import { firstResult } from './first-result.mjs';
import { growth } from './growth.mjs';
import { https } from './https.mjs';
import { imgproxy } from './imgproxy.mjs';
import { ingest } from './ingest.mjs';
import { lanes } from './lanes.mjs';
import { limitedHosts } from './limited-hosts.mjs';
import { naive } from './naive.mjs';
import { outputs } from './outputs.mjs';
import { perImage } from './per-image.mjs';
import { politeness } from './politeness.mjs';
import { readSide } from './read-side.mjs';
import { resized } from './resized.mjs';
import { smallRequests } from './small-requests.mjs';
import { throughput } from './throughput.mjs';

/** In the order in which they run. */
export const measures = [
  throughput,
  naive,
  perImage,
  growth,
  ingest,
  readSide,
  firstResult,
  claim,
  politeness,
  encoders,
  smallRequests,
  lanes,
  outputs,
  crowd,
  imgproxy,
  https,
  limitedHosts,
  commands,
  resized,
];
