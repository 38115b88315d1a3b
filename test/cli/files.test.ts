import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { digestOf, writeWhole } from '../../src/cli/transfer/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

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
