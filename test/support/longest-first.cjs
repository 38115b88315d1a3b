const Sequencer = require('@jest/test-sequencer').default;

/** Files that take a minute, the longest first: what is begun last must be short, or one core waits for it. */
const LONGEST = [
  ...[
    'chaos/chaos',
    'embedded/embedded',
    'cli/compress',
    'abuse/abuse',
    'patterns/work',
    'hostile/corpus',
    'cli/catalogues',
  ],
  ...['service/failures/shutdown', 'images/cost', 'service/failures/outage', 'cli/transfer', 'web/journey'],
  ...['dispatch/scheduler', 'requests/control', 'startup', 'images/compress-refusals', 'service/events'],
  ...['cli/transfer-files', 'service/roles', 'results/zip'],
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
