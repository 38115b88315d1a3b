import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { digestOf, replacing, writeWhole } from '../../src/cli/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* cut(text: string, every: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += every) yield bytes.subarray(at, at + every);
}
const collect = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

test('a text is replaced at any chunk boundary, and nothing else changes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('http://outputs.invalid/', 'http://out', '\n', 'ü', ',', '"', '\uFEFF', 'a')),
      fc.integer({ min: 1, max: 40 }),
      async (parts, every) => {
        const text = parts.join('');
        const replaced = await collect(replacing('http://outputs.invalid/', 'images/')(cut(text, every)));
        expect(replaced).toBe(text.replaceAll('http://outputs.invalid/', 'images/'));
      },
    ),
  ));

test('a failed write keeps the old file and leaves no temporary file', async () => {
  const file = join(folder, 'deep', 'out.csv');
  await writeWhole(file, Readable.from([Buffer.from('one')]));
  const dying = Readable.from(
    (async function* () {
      yield Buffer.from('tw');
      throw new Error('cut');
    })(),
  );
  await expect(writeWhole(file, dying)).rejects.toThrow('cut');
  expect(await readFile(file, 'utf8')).toBe('one');
  expect(await readdir(join(folder, 'deep'))).toEqual(['out.csv']);
  const check = async (temporary: string): Promise<void> => {
    expect(await readFile(temporary, 'utf8')).toBe('three');
    throw new Error('not that');
  };
  await expect(writeWhole(file, Readable.from([Buffer.from('three')]), { check })).rejects.toThrow('not that');
  expect(await readFile(file, 'utf8')).toBe('one');
  expect(await readdir(join(folder, 'deep'))).toEqual(['out.csv']);
});

test('the digest is the SHA-256 of the bytes', async () => {
  await writeFile(join(folder, 'a'), 'abc');
  // FIPS 180-2, appendix B.1.
  expect(await digestOf(join(folder, 'a'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
