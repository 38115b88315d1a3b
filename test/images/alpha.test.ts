import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { compressOutputs, type OutputsOptions } from '../../src/images/outputs.ts';
import { sniff } from '../../src/images/sniff.ts';
import type { OutputSpec } from '../../src/output-formats.ts';
import { embedded, untagged, withColours } from '../support/avif.ts';
import { pixelAt } from '../support/pictures.ts';
import { preparePillow, runPillow } from '../support/pillow.ts';

/** As scripts/colour/alpha.py lists them. */
interface Chart {
  readonly name: string;
  readonly format: string;
  readonly depth: number;
  readonly colours: string;
  /** `#rrggbb`. */
  readonly background: string;
}

/** How far an output is from the mix of Pillow and LittleCMS. */
interface Verdict {
  readonly name: string;
  /** CIEDE2000 on the background. */
  readonly worst: number;
  /** Of 255; null if the output has no transparency. */
  readonly alpha: number | null;
}

const WORST = 2;
const WORST_ALPHA = 3;

const reason = preparePillow();
if (reason !== null) process.stdout.write(`SKIPPED: transparency was not judged, ${reason}.\n`);

const JPEG = { format: 'jpeg', quality: 100 } as const;
const SEVERAL = [JPEG, { format: 'webp', quality: 100 }, { format: 'avif', quality: 100 }] as const;
/** Alone, each of them is decoded and encoded in one pass where that is right. */
const WANTED: Readonly<Record<string, readonly OutputSpec[]>> = {
  'JPEG alone': [JPEG],
  'PNG alone': [{ format: 'png', quality: 100 }],
  'WebP alone': [{ format: 'webp', quality: 100 }],
  'AVIF alone': [{ format: 'avif', quality: 100 }],
  several: SEVERAL,
};

const outputsOf = async (bytes: Buffer, outputs: readonly OutputSpec[], background: string) => {
  const [first] = outputs as readonly [OutputSpec];
  const options = {
    ...{ format: first.format, quality: first.quality, background },
    ...{ source: sniff(bytes) as OutputsOptions['source'], maxPixels: 1_000_000, maxSeconds: 60 },
    ...(outputs.length > 1 && { outputs }),
  };
  const { further = [], ...output } = await compressOutputs(bytes, options);
  return [output, ...further].map((result, at) => ({ bytes: result.bytes, format: outputs[at]?.format ?? '' }));
};

/** The chart in Display P3 as an AVIF of 10 bits, which Pillow does not write. */
const asDeepAvif = async (png: Buffer): Promise<Buffer> => {
  const { plain, profile } = untagged(png);
  const avif = sharp(plain).toColourspace('rgb16').avif({ bitdepth: 10, quality: 100, chromaSubsampling: '4:4:4' });
  return withColours(await avif.toBuffer(), embedded(profile));
};

it.each(['#ffffff', '#3366cc'])('what is fully transparent in 16 bits is exactly the background %s', async (colour) => {
  const clear = sharp({ create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 99, b: 9, alpha: 0 } } });
  const png = await clear.toColourspace('rgb16').png().toBuffer();
  const [output] = await outputsOf(png, [{ format: 'jpeg', quality: 100 }], colour);
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const found = await pixelAt(output?.bytes ?? Buffer.alloc(0), 8, 8);
  for (const [at, value] of found.entries())
    expect(Math.abs(value - (wanted[at] ?? 0))).toBeLessThan(colour === '#ffffff' ? 1 : 2);
});

(reason === null ? describe : describe.skip)('half-transparent pictures', () => {
  let folder: string;
  let charts: readonly Chart[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'alpha-'));
    runPillow('alpha.py', ['make', folder]);
    charts = JSON.parse(await readFile(path.join(folder, 'charts.json'), 'utf8'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const judge = async (outputs: readonly { readonly name: string; readonly chart: string }[]) => {
    await writeFile(path.join(folder, 'outputs.json'), JSON.stringify(outputs));
    return JSON.parse(runPillow('alpha.py', ['judge', folder])) as readonly Verdict[];
  };

  /** Names what is wrong with an output. */
  const wrongOf = ({ worst, alpha }: Verdict, format: string): readonly string[] => [
    ...(worst < WORST ? [] : [`${worst.toFixed(1)} off`]),
    ...(format === 'jpeg' || (alpha !== null && alpha <= WORST_ALPHA) ? [] : [`transparency ${alpha}`]),
  ];

  it.each(Object.keys(WANTED))(
    '%s: colours are mixed with the background in sRGB, and transparency stays where there is room for it',
    async (wanted) => {
      expect(charts.length).toBeGreaterThan(35);
      const made: { name: string; chart: string; format: string; title: string }[] = [];
      const add = async (chart: Chart, title: string, bytes: Buffer): Promise<void> => {
        for (const output of await outputsOf(bytes, WANTED[wanted] ?? [], chart.background)) {
          const name = `${made.length}.out.${output.format}`;
          await writeFile(path.join(folder, name), output.bytes);
          made.push({ name, chart: chart.name, format: output.format, title: `${title} to ${output.format}` });
        }
      };
      for (const chart of charts) {
        const bytes = await readFile(path.join(folder, chart.name));
        await add(chart, `${chart.format} ${chart.depth} ${chart.colours}`, bytes);
        const isDeep = chart.format === 'PNG' && chart.depth === 16 && chart.colours === 'Display P3';
        if (isDeep) await add(chart, 'AVIF 10 Display P3', await asDeepAvif(bytes));
      }
      const verdicts = await judge(made);
      const most = Math.max(...verdicts.map(({ worst }) => worst));
      process.stdout.write(`${wanted}: ${made.length} outputs, at most ${most.toFixed(2)} CIEDE2000 off\n`);
      const wrong = verdicts.flatMap((verdict, at) =>
        wrongOf(verdict, made[at]?.format ?? '').map((what) => `${made[at]?.title}: ${what}`),
      );
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});
