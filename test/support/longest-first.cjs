const Sequencer = require('@jest/test-sequencer').default;

/** Files that take a minute, longest first: a long file that starts last would leave the other cores idle. */
const LONGEST = ['chaos/chaos', 'embedded/embedded', 'cli/compress', 'abuse/abuse', 'patterns/work', 'hostile/corpus'];

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
