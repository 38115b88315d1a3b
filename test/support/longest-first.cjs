const Sequencer = require('@jest/test-sequencer').default;

/** Files that take a quarter of a minute or more, the longest first: what is begun last must be short, or one core waits for it. */
const LONGEST = [
  ...['images/cost-of-hard-pictures', 'chaos/chaos', 'abuse/abuse', 'cli/compress', 'cli/catalogues', 'hostile/corpus'],
  ...['database/replica-set/upload', 'web/journey', 'database/replica-set/elections', 'patterns/work', 'images/cost'],
  ...['service/failures/outage', 'service/failures/shutdown', 'startup', 'service/origins', 'service/names'],
  ...['database/replica-set/connection', 'cli/transfer', 'database/replica-set/majority', 'service/roles'],
  ...['service/failures/poison', 'service/failures/storage-failure', 'cli/transfer-files', 'embedded/embedded'],
  ...['requests/control', 'service/failures/restart', 'corpus/corpus', 'http/uploads/uploads-in-flight'],
  ...['web/accessibility', 'images/compress-refusals', 'dispatch/scheduler', 'service/events', 'chaos/script'],
  ...['http/authorization', 'images/foreign/heic', 'web/sources', 'web/mapping', 'exports/service'],
  ...['database/replica-set/lag', 'webhooks/dispatcher-concurrency', 'demo', 'requests/retention'],
];

const place = ({ path }) => {
  const at = LONGEST.findIndex((name) => path.endsWith(`test/${name}.test.ts`));
  return at === -1 ? LONGEST.length : at;
};

/** Without timings of earlier runs Jest sorts by file size, which means nothing here. */
module.exports = class extends Sequencer {
  async sort(tests) {
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
};
