import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { compressOutputs, type OutputsOptions } from '../../src/images/outputs.ts';
import { sniff } from '../../src/images/sniff.ts';
import type { OutputSpec } from '../../src/output-formats.ts';
import { preparePillow, runPillow } from '../support/pillow.ts';
import { namesOfQuarters, QUARTERS, UPRIGHT } from '../support/quarters.ts';

/* HEIC has the same cases in foreign/heic.test.ts; GIF and BMP say no orientation. */

/** As scripts/colour/turned.py lists them. */
interface Turned {
  readonly name: string;
  /** The format, and what is special about the file. */
  readonly kind: string;
  readonly orientation: number;
}

const reason = preparePillow();
if (reason !== null) process.stdout.write(`SKIPPED: orientations were not tried, ${reason}.\n`);

const PNG = { format: 'png', quality: 100 } as const;
const JPEG = { format: 'jpeg', quality: 90 } as const;
const WANTED: readonly (readonly OutputSpec[])[] = [
  [PNG],
  [JPEG],
  [{ format: 'webp', quality: 90 }],
  [{ format: 'avif', quality: 90 }],
  [{ ...JPEG, maxSide: 48 }, PNG],
];

/** What is wrong with the outputs of a file; nothing if all are upright. */
const wrongOf = async (bytes: Buffer, outputs: readonly OutputSpec[]): Promise<readonly string[]> => {
  const [first] = outputs as readonly [OutputSpec];
  const options = {
    ...{ format: first.format, quality: first.quality },
    ...{ source: sniff(bytes) as OutputsOptions['source'], maxPixels: 1_000_000, maxSeconds: 60 },
    ...(outputs.length > 1 && { outputs }),
  };
  const { further = [], ...output } = await compressOutputs(bytes, options);
  const wrong: string[] = [];
  for (const [at, { bytes: result, width, height }] of [output, ...further].entries()) {
    const { format = '', maxSide = UPRIGHT.width } = outputs[at] ?? {};
    const [names, { orientation }] = [await namesOfQuarters(result), await sharp(result).metadata()];
    const isUpright = names.join() === Object.keys(QUARTERS).join() && (orientation ?? 1) === 1;
    const isSized = width === maxSide && height === (UPRIGHT.height * maxSide) / UPRIGHT.width;
    if (!isUpright || !isSized) wrong.push(`${format}: ${names.join()}, ${width} × ${height}`);
  }
  return wrong;
};

/** To JPEG, its pixels are held to mix them with the background. */
const inDeep = (bytes: Buffer, { orientation }: Turned): Promise<Buffer> =>
  sharp(bytes).toColourspace('rgb16').withMetadata({ orientation }).png().toBuffer();

(reason === null ? describe : describe.skip)('the orientations 1 to 8', () => {
  let folder: string;
  let turned: readonly Turned[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'turned-'));
    runPillow('turned.py', [folder]);
    turned = JSON.parse(await readFile(path.join(folder, 'turned.json'), 'utf8'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = ({ name }: Turned): Promise<Buffer> => readFile(path.join(folder, name));

  it.each(WANTED.map((outputs) => [outputs.map(({ format }) => format).join(' and '), outputs] as const))(
    'in every format that says them, to %s: the picture is upright',
    async (_names, outputs) => {
      expect(new Set(turned.map(({ orientation }) => orientation))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
      const wrong: string[] = [];
      for (const file of turned) {
        const bytes = await read(file);
        const sources = [
          { title: file.kind, bytes },
          ...(file.kind === 'PNG with alpha' ? [{ title: 'PNG, 16 bits', bytes: await inDeep(bytes, file) }] : []),
        ];
        for (const source of sources) {
          const found = await wrongOf(source.bytes, outputs);
          wrong.push(...found.map((what) => `${source.title} ${file.orientation} to ${what}`));
        }
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it('all but those with the orientation 1 are stored turned', async () => {
    for (const file of turned) {
      const bytes = await read(file);
      if (file.kind.startsWith('AVIF')) {
        // libheif turns it by its properties as it is read, so what is stored cannot be seen.
        expect([file, bytes.includes('irot') || bytes.includes('imir')]).toEqual([file, file.orientation > 1]);
        continue;
      }
      const stored = await sharp(bytes, { autoOrient: false }).toColourspace('srgb').png().toBuffer();
      const isUpright = (await namesOfQuarters(stored)).join() === Object.keys(QUARTERS).join();
      expect([file, isUpright]).toEqual([file, file.orientation === 1]);
    }
  });
});
