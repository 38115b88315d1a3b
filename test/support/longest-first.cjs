const Sequencer = require('@jest/test-sequencer').default;

/** Files that take a minute, the longest first: what is begun last must be short, or one core waits for it. */
const LONGEST = ['chaos/chaos', 'embedded/embedded', 'cli/compress', 'abuse/abuse', 'patterns/work', 'hostile/corpus'];

const place = ({ path }) => {
  const at = LONGEST.findIndex((name) => path.endsWith(`test/${name}.test.ts`));
  return at === -1 ? LONGEST.length : at;
};

/** Without times of earlier runs jest goes by the sizes of the files, which say nothing here. */
module.exports = class extends Sequencer {
  async sort(tests) {
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
};
