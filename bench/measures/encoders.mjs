import { table } from '../stage/report.mjs';
import { showSpread } from '../stage/statistics.mjs';

const OPTIONS = [
  ['jpeg', '`jpeg` (default)'],
  ['resized', '`jpeg`, `maxWidth` and `maxHeight` 800'],
  ['progressive', '`jpeg`, `progressive`'],
  ['mozjpeg', '`jpeg`, `mozjpeg`'],
  ['webp', '`webp`'],
  ['avif', '`avif` (effort 2)'],
  ['png', '`png` (palette)'],
];

export const encoders = {
  name: 'encoders',
  title: '10. Encoder options',
  sizes: { full: { pictures: 240, jpegs: 10, rounds: 2 }, quick: { pictures: 24, jpegs: 3, rounds: 1 } },

  async run({ sizes, say, pictures, program }) {
    const { folder, names } = await pictures(sizes.pictures);
    const jpegs = names.filter((name) => name.endsWith('.jpg')).slice(0, sizes.jpegs);
    const encoder = program('encode-options.mjs', { args: [folder] });
    const ask = (name, option) => encoder.ask({ name, option });
    for (const [option] of OPTIONS) if (option !== 'avif') await ask(jpegs[0], option);

    // Sums of each round, so that a large picture weighs as much as it costs.
    const rounds = [];
    for (let round = 1; round <= sizes.rounds; round += 1) {
      const sums = Object.fromEntries(
        OPTIONS.map(([option]) => [option, { cpuMs: 0, before: 0, after: 0, pixels: 0 }]),
      );
      for (const name of jpegs) {
        for (const [option] of OPTIONS) {
          const found = await ask(name, option);
          for (const key of Object.keys(sums[option])) sums[option][key] += found[key];
        }
      }
      rounds.push(sums);
      say(`round ${round} of ${sizes.rounds}`);
    }
    const each = (option, figure) =>
      showSpread(
        rounds.map((sums) => figure(sums[option], sums.jpeg)),
        2,
      );
    return [
      `${jpegs.length} JPEGs of the mix, ${(rounds[0].jpeg.pixels / 1e6).toFixed(0)} megapixels, quality 50, each decoded and encoded with every option in turn; CPU time on one thread, ${sizes.rounds} rounds.`,
      table(
        [
          'option',
          'CPU time, as a multiple of the default’s',
          'CPU ms a megapixel',
          'bytes, as a share of the source’s',
          'of the default’s',
        ],
        OPTIONS.map(([option, label]) => [
          label,
          each(option, ({ cpuMs }, base) => cpuMs / base.cpuMs),
          each(option, ({ cpuMs, pixels }) => (1e6 * cpuMs) / pixels),
          (rounds[0][option].after / rounds[0][option].before).toFixed(2),
          (rounds[0][option].after / rounds[0].jpeg.after).toFixed(2),
        ]),
      ),
    ];
  },
};
