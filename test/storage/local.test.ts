import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createStorage } from '../../src/storage/create.ts';
import { createLocalStorage, type LocalStorage } from '../../src/storage/local.ts';
import { outputName } from '../../src/storage/storage.ts';

let directory: string;
let storage: LocalStorage;
const bytes = Buffer.from('0123456789');
const newName = () => outputName(randomUUID(), 'jpeg');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  storage = createLocalStorage(directory);
});
afterEach(async () => {
  await chmod(directory, 0o755);
  await rm(directory, { recursive: true });
});

describe('put, stat, read', () => {
  it('a stored object can be read, with its size, type and validator', async () => {
    const name = newName();
    await storage.put(name, bytes);
    expect(await buffer(await storage.read(name))).toEqual(bytes);
    const found = await storage.stat(name);
    expect(found).toMatchObject({ size: 10, contentType: 'image/jpeg' });
    expect(found?.lastModified.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(found?.etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
  });

  it.each([
    ['webp', 'image/webp'],
    ['avif', 'image/avif'],
    ['png', 'image/png'],
  ] as const)('%s has the type %s', async (format, contentType) => {
    const name = outputName(randomUUID(), format);
    await storage.put(name, bytes);
    expect(await storage.stat(name)).toMatchObject({ contentType });
  });

  it('reads a range, both ends inclusive', async () => {
    const name = newName();
    await storage.put(name, bytes);
    expect((await buffer(await storage.read(name, { start: 2, end: 5 }))).toString()).toBe('2345');
  });

  it('a second put replaces the first and its validator', async () => {
    const name = newName();
    await storage.put(name, bytes);
    const before = await storage.stat(name);
    await storage.put(name, Buffer.from('other'));
    expect((await buffer(await storage.read(name))).toString()).toBe('other');
    expect((await storage.stat(name))?.etag).not.toBe(before?.etag);
    expect(await readdir(directory)).toEqual([name]);
  });

  it('creates its folder if missing', async () => {
    const deeper = await createStorage({ kind: 'local', directory: join(directory, 'a', 'b') });
    const name = newName();
    await deeper.put(name, bytes);
    expect(await deeper.stat(name)).toMatchObject({ size: 10 });
  });

  it('stat of a missing object is null, and reading it fails', async () => {
    expect(await storage.stat(newName())).toBeNull();
    await expect(storage.read(newName())).rejects.toMatchObject({ code: 'image_not_found' });
  });

  it('a removed object is gone, and removing it again does nothing', async () => {
    const name = newName();
    await storage.put(name, bytes);
    await storage.remove(name);
    await storage.remove(name);
    expect(await storage.stat(name)).toBeNull();
  });
});

describe('atomicity', () => {
  it('a reader sees one complete version while two are being put', async () => {
    const name = newName();
    const versions = [Buffer.alloc(300_000, 'a'), Buffer.alloc(200_000, 'b')];
    await storage.put(name, versions[0] as Buffer);
    const writes = Promise.all(
      Array.from({ length: 10 }, (_, index) => storage.put(name, versions[index % 2] as Buffer)),
    );
    for (let reads = 0; reads < 30; reads += 1) {
      const seen = await buffer(await storage.read(name));
      expect(versions.some((version) => version.equals(seen))).toBe(true);
    }
    await writes;
    expect(await readdir(directory)).toEqual([name]);
  });

  it('a failed put leaves neither the name nor a temporary file', async () => {
    const name = newName();
    await mkdir(join(directory, name));
    await expect(storage.put(name, bytes)).rejects.toMatchObject({ code: 'storage_failed', retryable: true });
    expect(await readdir(directory)).toEqual([name]);
    expect(await storage.stat(name)).toBeNull();
  });

  it('a path that is not a folder is reported with its reason', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const blocked = createLocalStorage(join(file, 'inside'));
    await expect(blocked.put(newName(), bytes)).rejects.toMatchObject({
      code: 'storage_failed',
      publicMessage: expect.stringContaining('not a folder'),
    });
    await expect(blocked.check()).rejects.toMatchObject({
      code: 'storage_unavailable',
      publicMessage: expect.stringContaining('not a folder'),
    });
    await expect(blocked.stat(newName())).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(blocked.read(newName())).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(blocked.remove(newName())).rejects.toMatchObject({ code: 'storage_failed' });
  });
});

describe('names', () => {
  it.each([
    '',
    '.',
    '..',
    '../secret.jpg',
    '/etc/passwd',
    `../${randomUUID()}.jpg`,
    `${randomUUID()}.jpg/..`,
    `${randomUUID()}.jpg\0`,
    `${randomUUID()}.jpg\n`,
    `${randomUUID()}.svg`,
    `${randomUUID().toUpperCase()}.jpg`,
    randomUUID(),
    `.tmp-${randomUUID()}`,
  ])('%j is not an image name', async (name) => {
    const refused = { code: 'image_not_found' };
    await expect(storage.put(name, bytes)).rejects.toMatchObject(refused);
    await expect(storage.stat(name)).rejects.toMatchObject(refused);
    await expect(storage.read(name)).rejects.toMatchObject(refused);
    await expect(storage.remove(name)).rejects.toMatchObject(refused);
    expect(await readdir(directory)).toEqual([]);
  });

  it('a link in the folder is not followed, and a put replaces the link, not its target', async () => {
    const name = newName();
    const target = join(directory, 'target');
    await writeFile(target, 'secret');
    await symlink(target, join(directory, name));
    expect(await storage.stat(name)).toBeNull();
    await expect(storage.read(name)).rejects.toMatchObject({ code: 'image_not_found' });
    await storage.put(name, bytes);
    expect(await readFile(target, 'utf8')).toBe('secret');
    expect((await stat(join(directory, name))).size).toBe(10);
  });
});

describe('check and sweep', () => {
  it('check leaves nothing behind', async () => {
    await storage.check();
    expect(await readdir(directory)).toEqual([]);
  });

  it('sweep removes only old temporary files', async () => {
    const name = newName();
    await storage.put(name, bytes);
    for (const temporary of ['.tmp-old', '.tmp-new']) await writeFile(join(directory, temporary), '');
    const longAgo = new Date(Date.now() - 7_200_000);
    await utimes(join(directory, '.tmp-old'), longAgo, longAgo);
    await utimes(join(directory, name), longAgo, longAgo);
    expect(await storage.sweepTemporary(3_600_000)).toBe(1);
    expect((await readdir(directory)).sort()).toEqual(['.tmp-new', name].sort());
    expect(await storage.sweepTemporary(3_600_000, () => Date.now() + 7_200_000)).toBe(1);
  });

  it('sweep does nothing if the folder is missing', async () => {
    expect(await createLocalStorage(join(directory, 'none')).sweepTemporary(0)).toBe(0);
  });
});
