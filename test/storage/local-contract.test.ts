import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalStorage } from '../../src/storage/local.ts';
import { describeStorage } from './contract.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('local disk', () => {
  describeStorage(['a path that is not a folder'], async () => {
    const root = await mkdtemp(join(tmpdir(), 'storage-'));
    folders.push(root);
    const directory = join(root, 'images');
    await mkdir(directory);
    await writeFile(join(root, 'file'), '');
    const storage = createLocalStorage(directory);
    return {
      storage,
      names: () => readdir(directory),
      // The last step, the rename, fails over a folder.
      interrupted: async (name) => {
        await mkdir(join(directory, name));
        return storage;
      },
      broken: {
        'a path that is not a folder': {
          storage: createLocalStorage(join(root, 'file', 'inside')),
          reason: /not a folder/,
          readCode: 'storage_unavailable',
        },
      },
    };
  });
});
