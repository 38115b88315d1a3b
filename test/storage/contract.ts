import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { outputName, type Storage } from '../../src/storage/storage.ts';

export interface Harness {
  readonly storage: Storage;
  /** Names in the storage, including temporary ones. */
  names(): Promise<string[]>;
  /** A storage on the same data whose put of this name fails midway. */
  interrupted(name: string): Promise<Storage>;
  /** Broken storages, by what is wrong. */
  readonly broken: Readonly<Record<string, { storage: Storage; reason: RegExp; readCode: string }>>;
}

/** The contract every storage must pass, each against a real backend. */
export const describeStorage = (broken: readonly string[], setUp: () => Promise<Harness>): void => {
  const bytes = Buffer.from('0123456789');
  const newName = () => outputName(randomUUID(), 'jpeg');
  let harness: Harness;
  let storage: Storage;
  beforeEach(async () => {
    harness = await setUp();
    storage = harness.storage;
  });

  test('a stored object can be read, with its size, type and validator', async () => {
    const name = newName();
    await storage.put(name, bytes);
    expect(await buffer(await storage.read(name))).toEqual(bytes);
    expect(await storage.stat(name)).toMatchObject({
      size: 10,
      contentType: 'image/jpeg',
      etag: expect.stringMatching(/^"[^"]+"$/),
    });
    expect((await storage.stat(name))?.lastModified.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test('a range includes both ends', async () => {
    const name = newName();
    await storage.put(name, bytes);
    expect((await buffer(await storage.read(name, { start: 2, end: 5 }))).toString()).toBe('2345');
  });

  test('a second put replaces the first and its validator', async () => {
    const name = newName();
    await storage.put(name, bytes);
    const before = await storage.stat(name);
    await storage.put(name, Buffer.from('other'));
    expect((await buffer(await storage.read(name))).toString()).toBe('other');
    expect((await storage.stat(name))?.etag).not.toBe(before?.etag);
  });

  test('stat of a missing object is null, and reading it fails', async () => {
    expect(await storage.stat(newName())).toBeNull();
    await expect(storage.read(newName())).rejects.toMatchObject({ code: 'image_not_found' });
  });

  test('a removed object is gone, and removing it again does nothing', async () => {
    const name = newName();
    await storage.put(name, bytes);
    await storage.remove(name);
    await storage.remove(name);
    expect(await storage.stat(name)).toBeNull();
  });

  test('a copy is identical and independent of its source', async () => {
    const [from, to] = [newName(), newName()];
    await storage.put(from, bytes);
    const before = await harness.names();
    expect(await storage.copy(from, to)).toBe(true);
    // Copied again over itself, as after a crash; no temporary file remains.
    expect(await storage.copy(from, to)).toBe(true);
    expect(await harness.names()).toHaveLength(before.length + 1);
    expect(await storage.stat(to)).toMatchObject({ size: 10, contentType: 'image/jpeg' });

    await storage.put(from, Buffer.from('other'));
    expect(await buffer(await storage.read(to))).toEqual(bytes);
    await storage.remove(from);
    expect(await buffer(await storage.read(to))).toEqual(bytes);
    const again = newName();
    expect(await storage.copy(to, again)).toBe(true);
    await storage.remove(to);
    expect(await buffer(await storage.read(again))).toEqual(bytes);
  });

  test('a copy replaces its target, and copying a missing object changes nothing', async () => {
    const [from, to] = [newName(), newName()];
    await storage.put(to, Buffer.from('old'));
    expect(await storage.copy(from, to)).toBe(false);
    expect((await buffer(await storage.read(to))).toString()).toBe('old');
    await storage.put(from, bytes);
    expect(await storage.copy(from, to)).toBe(true);
    expect(await buffer(await storage.read(to))).toEqual(bytes);
  });

  test('during concurrent puts of one name, a reader sees one complete version', async () => {
    const name = newName();
    const versions = [Buffer.alloc(300_000, 'a'), Buffer.alloc(200_000, 'b')] as const;
    await storage.put(name, versions[0]);
    const writes = Promise.all([0, 1, 0, 1, 0, 1].map((which) => storage.put(name, versions[which as 0 | 1])));
    for (let reads = 0; reads < 15; reads += 1) {
      const seen = await buffer(await storage.read(name));
      expect(versions.some((version) => version.equals(seen))).toBe(true);
    }
    await writes;
  });

  test('a put that fails midway is retryable and leaves nothing visible', async () => {
    const name = newName();
    const before = await harness.names();
    const dying = await harness.interrupted(name);
    await expect(dying.put(name, Buffer.alloc(3_000_000, 'x'))).rejects.toMatchObject({
      code: 'storage_failed',
      retryable: true,
    });
    expect(await storage.stat(name)).toBeNull();
    expect((await harness.names()).filter((each) => each !== name)).toEqual(before);
  });

  test.each(['../a.jpg', `${randomUUID()}.svg`, randomUUID(), ''])('%j is not an image name', async (name) => {
    const refused = { code: 'image_not_found' };
    await expect(storage.put(name, bytes)).rejects.toMatchObject(refused);
    await expect(storage.stat(name)).rejects.toMatchObject(refused);
    await expect(storage.read(name)).rejects.toMatchObject(refused);
    await expect(storage.remove(name)).rejects.toMatchObject(refused);
    await expect(storage.copy(name, newName())).rejects.toMatchObject(refused);
    await expect(storage.copy(newName(), name)).rejects.toMatchObject(refused);
  });

  test('check leaves nothing behind', async () => {
    const before = await harness.names();
    await storage.check();
    expect(await harness.names()).toEqual(before);
  });

  test.each(broken)('%s: every call says so', async (name) => {
    const broken = harness.broken[name];
    if (broken === undefined) throw new Error(`no broken storage ${name}`);
    const message = { publicMessage: expect.stringMatching(broken.reason) };
    await expect(broken.storage.put(newName(), bytes)).rejects.toMatchObject({ ...message, code: 'storage_failed' });
    await expect(broken.storage.copy(newName(), newName())).rejects.toMatchObject({
      ...message,
      code: 'storage_failed',
    });
    await expect(broken.storage.check()).rejects.toMatchObject({ ...message, code: broken.readCode });
    await expect(broken.storage.stat(newName())).rejects.toMatchObject({ code: broken.readCode });
    await expect(broken.storage.read(newName())).rejects.toMatchObject({ code: broken.readCode });
  });
};
