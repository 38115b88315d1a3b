import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

/** Each with the way that it is a multiple of. */
const WAYS = [
  ['one', 'one', 'one output (default)'],
  ['one of a list', 'one', 'one output, through the code of several'],
  ['one run each', 'one run each', '`jpeg:50`, `jpeg:50:1600` and `jpeg:50:400`, each from its own decode'],
  ['from one decode', 'one run each', 'the same three by `outputs`'],
];

export const outputs = {
  name: 'outputs',
  title: '13. Several outputs from one decode',
  sizes: { full: { pictures: 240, jpegs: 10, rounds: 5 }, quick: { pictures: 24, jpegs: 3, rounds: 1 } },

  async run({ sizes, say, pictures, program }) {
    const { folder, names } = await pictures(sizes.pictures);
    const jpegs = names.filter((name) => name.endsWith('.jpg')).slice(0, sizes.jpegs);
    const steps = program('several-outputs.mjs', { args: [folder] });
    for (const [way] of WAYS) await steps.ask({ name: jpegs[0], way });

    const rounds = [];
    for (let round = 1; round <= sizes.rounds; round += 1) {
      const sums = Object.fromEntries(WAYS.map(([way]) => [way, 0]));
      for (const name of jpegs) {
        for (const [way] of WAYS) sums[way] += (await steps.ask({ name, way })).cpuMs;
      }
      rounds.push(sums);
      say(`round ${round} of ${sizes.rounds}`);
    }
    return [
      `${jpegs.length} JPEGs of the mix, from their bytes to the encoded outputs in the service's own code; CPU time on one thread, ${sizes.rounds} rounds in turn.`,
      table(
        ['what', 'CPU ms an image', 'as a multiple of the row above it that does the same'],
        WAYS.map(([way, base, label]) => [
          label,
          showSpread(
            rounds.map((sums) => sums[way] / jpegs.length),
            1,
          ),
          way === base
            ? '1.00'
            : showSpread(
                rounds.map((sums) => sums[way] / sums[base]),
                2,
              ),
        ]),
      ),
    ];
  },
};
