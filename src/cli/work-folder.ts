import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lockFolder } from '../embedded/folder-lock.ts';

/** Where earlier versions kept it: in the image folder, which people publish. */
const FORMER_NAME = '.work';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export const workFolderOf = (images: string): string => join(dirname(images), `.${basename(images)}.work`);

/** A folder that cannot be made or moved here: no permission, a read-only disk, or a mount of its own. */
const isImpossible = ({ code }: NodeJS.ErrnoException): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'EXDEV', 'EBUSY'].includes(code ?? '');

/**
 * The hidden folder next to the image folder with the job's database and log, so that an interrupted job can be resumed.
 * That of an earlier version is moved here. Where nothing can be made next to the image folder, it stays inside.
 * @param fresh discard the state of an earlier run
 * @throws AppError `database_unavailable` if a run of an earlier version is using it
 */
export const openWorkFolder = async (images: string, fresh: boolean): Promise<string> => {
  const work = workFolderOf(images);
  const former = join(images, FORMER_NAME);
  // Without the images, what it says of them is wrong.
  if (fresh || !(await exists(images))) await rm(work, { recursive: true, force: true });
  if (fresh) await rm(former, { recursive: true, force: true });
  await mkdir(images, { recursive: true });
  try {
    if ((await exists(former)) && !(await exists(work))) {
      const lock = await lockFolder(former, process.env, () => undefined);
      lock.release();
      await rename(former, work);
    }
    await mkdir(work, { recursive: true });
    return work;
  } catch (error) {
    if (!isImpossible(error as NodeJS.ErrnoException)) throw error;
    await mkdir(former, { recursive: true });
    return former;
  }
};
