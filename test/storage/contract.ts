import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { outputName, type Storage } from '../../src/storage/storage.ts';

export interface Harness {
  readonly storage: Storage;
  /** Names that the store shows, temporary ones included. */
  names(): Promise<string[]>;
  /** A storage on the same place whose put of this name dies on the way. */
  interrupted(name: string): Promise<Storage>;
  /** Storages that cannot work, by what is wrong. */
  readonly broken: Readonly<Record<string, { storage: Storage; reason: RegExp; readCode: string }>>;
}

/** What every storage must do; each is run through it against the real thing. */
export const describeStorage = (broken: readonly string[], setUp: () => Promise<Harness>): void => {
  const bytes = Buffer.from('0123456789');
  const newName = () => outputName(randomUUID(), 'jpeg');
  let harness: Harness;
  let storage: Storage;
  beforeEach(async () => {
    harness = await setUp();
    storage = harness.storage;
  });

  test('what was put can be read, with its size, type and validator', async () => {
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

  test('a range has both its ends', async () => {
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

  test('what is not there is null, and reading it says so', async () => {
    expect(await storage.stat(newName())).toBeNull();
    await expect(storage.read(newName())).rejects.toMatchObject({ code: 'image_not_found' });
  });

  test('what was removed is gone, and removing it again is fine', async () => {
    const name = newName();
    await storage.put(name, bytes);
    await storage.remove(name);
    await storage.remove(name);
    expect(await storage.stat(name)).toBeNull();
  });

  test('a copy is the same, and lives and dies without its source', async () => {
    const [from, to] = [newName(), newName()];
    await storage.put(from, bytes);
    const before = await harness.names();
    expect(await storage.copy(from, to)).toBe(true);
    // Once more over itself, as after a crash; nothing temporary stays.
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

  test('a copy replaces what was under its name, and one of nothing changes nothing', async () => {
    const [from, to] = [newName(), newName()];
    await storage.put(to, Buffer.from('old'));
    expect(await storage.copy(from, to)).toBe(false);
    expect((await buffer(await storage.read(to))).toString()).toBe('old');
    await storage.put(from, bytes);
    expect(await storage.copy(from, to)).toBe(true);
    expect(await buffer(await storage.read(to))).toEqual(bytes);
  });

  test('of concurrent puts of one name, a reader sees one whole', async () => {
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

  test('a put that dies on the way fails as retryable and leaves nothing to see', async () => {
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

  test.each(['../a.jpg', `${randomUUID()}.svg`, randomUUID(), ''])('%j is no image', async (name) => {
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
    const fault = harness.broken[name];
    if (fault === undefined) throw new Error(`no broken storage ${name}`);
    const says = { publicMessage: expect.stringMatching(fault.reason) };
    await expect(fault.storage.put(newName(), bytes)).rejects.toMatchObject({ ...says, code: 'storage_failed' });
    await expect(fault.storage.copy(newName(), newName())).rejects.toMatchObject({ ...says, code: 'storage_failed' });
    await expect(fault.storage.check()).rejects.toMatchObject({ ...says, code: fault.readCode });
    await expect(fault.storage.stat(newName())).rejects.toMatchObject({ code: fault.readCode });
    await expect(fault.storage.read(newName())).rejects.toMatchObject({ code: fault.readCode });
  });
};
