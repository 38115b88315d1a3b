import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOf } from '../support/csv.ts';
import { type ImageServer, startPictures } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

const IMAGES = 4;
let pictures: ImageServer;
let service: TestService;
let outputs: string[];

beforeAll(async () => {
  pictures = await startPictures(0);
  service = await startTestService();
  const one = await uploaded(service.url, csvOf(pictures.origin, IMAGES));
  const several = await uploaded(service.url, csvOf(pictures.origin, IMAGES), { outputs: 'jpeg:50,webp:50:64' });
  for (const id of [one, several]) await finished(service.url, id);
  outputs = (await readdir(service.imageDirectory)).sort();
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

const orphans = async (...options: string[]) => {
  const child = spawn(process.execPath, ['dist/orphans.js', ...options], {
    env: { ...process.env, ...service.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  const found: { kind: string; name: string }[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { code, found, stderr };
};

test('nothing is found where database and outputs agree, with several outputs of an image too', async () => {
  expect(outputs).toHaveLength(3 * IMAGES);
  expect(await orphans()).toEqual({
    code: 0,
    found: [],
    stderr: expect.stringContaining('0 outputs without an image'),
  });
});

test('both ways: outputs of no image, and images without an output; only the former are removed, and only when asked', async () => {
  const { imageDirectory, directory } = service;
  const stranger = `${randomUUID()}.jpg`;
  await writeFile(join(imageDirectory, stranger), 'x');
  await writeFile(join(imageDirectory, 'readme.txt'), 'not an output');
  const lost = [outputs.find((name) => name.endsWith('.webp')), outputs.find((name) => name.endsWith('.jpg'))].map(
    String,
  );
  for (const name of lost) await rename(join(imageDirectory, name), join(directory, name));

  const { code, found, stderr } = await orphans();
  expect(code).toBe(1);
  expect(found.filter(({ kind }) => kind === 'file')).toEqual([{ kind: 'file', name: stranger }]);
  const images = found.filter(({ kind }) => kind === 'image');
  expect(images.map(({ name }) => name).sort()).toEqual([...lost].sort());
  expect(images[0]).toMatchObject({ requestId: expect.any(String), imageId: expect.any(String) });
  expect(stderr).toContain('1 outputs without an image, 0 of them removed; 2 outputs of completed images are missing');
  expect(await readdir(imageDirectory)).toContain(stranger);

  expect((await orphans('--remove-files')).found).toContainEqual({ kind: 'file', name: stranger, removed: true });
  expect((await readdir(imageDirectory)).sort()).toEqual(
    [...outputs.filter((name) => !lost.includes(name)), 'readme.txt'].sort(),
  );
  for (const name of lost) await rename(join(directory, name), join(imageDirectory, name));
  expect((await orphans()).code).toBe(0);
}, 60_000);

test('an option that it does not know is refused before anything is opened', async () => {
  expect(await orphans('--remove')).toMatchObject({ code: 2, found: [], stderr: expect.stringContaining('Usage:') });
});
