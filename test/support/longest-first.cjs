const Sequencer = require('@jest/test-sequencer').default;

/* Files that take ten seconds or more, the longest first: what is begun last must be short, or one core waits for it. */

/** Files that compute. */
const BUSY = [
  ...['images/cost-of-hard-pictures', 'chaos/chaos', 'abuse/abuse', 'hostile/corpus', 'web/journey', 'patterns/work'],
  ...['images/cost', 'corpus/corpus', 'web/accessibility', 'dispatch/scheduler', 'images/compress-refusals'],
  ...['service/roles', 'requests/control', 'web/sources', 'web/mapping', 'exports/service', 'images/foreign/heic'],
  ...['http/authorization', 'service/failures/restart', 'demo', 'web/keys', 'dispatch/crowd', 'http/api'],
];
/** Files that mostly wait, for an election or the start of a process. */
const WAITING = [
  ...['cli/compress', 'cli/catalogues', 'database/replica-set/upload', 'database/replica-set/elections'],
  ...['service/failures/outage', 'startup', 'service/origins', 'database/replica-set/connection', 'service/names'],
  ...['cli/transfer', 'database/replica-set/majority', 'service/failures/shutdown', 'service/failures/poison'],
  ...['service/failures/storage-failure', 'cli/transfer-files', 'embedded/embedded', 'service/events'],
  ...['http/uploads/uploads-in-flight', 'chaos/script', 'database/replica-set/lag', 'requests/retention'],
  ...['webhooks/dispatcher-concurrency', 'database/connect'],
];
/** One of each in turn, so that the cores have work while files wait. */
const ORDER = Array.from({ length: Math.max(BUSY.length, WAITING.length) }, (_, at) => [BUSY[at], WAITING[at]]).flat();

const place = ({ path }) => {
  const at = ORDER.findIndex((name) => path.endsWith(`test/${name}.test.ts`));
  return at === -1 ? ORDER.length : at;
};

/** Without timings of earlier runs Jest sorts by file size, which means nothing here. */
module.exports = class extends Sequencer {
  async sort(tests) {
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
};
