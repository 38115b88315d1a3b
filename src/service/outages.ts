import type { Config } from '../config.ts';
import { writeMark } from '../database/write-probe.ts';
import { AppError } from '../errors.ts';
import { diskSpace } from '../http/uploads/upload-files.ts';
import { spareOf } from '../http/uploads/upload-places.ts';
import { withDeadline } from '../timing/deadline.ts';
import type { Disposers, Infrastructure } from './infrastructure.ts';
import { createOutage, type OutageLog, withoutOutages } from './outage.ts';

/** A probe that takes longer counts as failed. */
const PROBE_MS = 3_000;

export type Outages = ReturnType<typeof createOutages>;

/** What the service rests on and may be away: the database, the image storage, and the disk of uploads. */
export const createOutages = (
  { connection, storage, uploadDirectory, onDatabaseLost }: Infrastructure,
  { limits }: Config,
  log: OutageLog,
  disposers: Disposers,
) => {
  let storageFailure: () => string | null = () => null;
  const database = createOutage({
    down: 'The database is away; work waits for it',
    up: 'The database is back; work continues',
    log,
    probe: () => withDeadline(PROBE_MS, () => writeMark(connection)),
  });
  const images = createOutage({
    down: 'The image storage cannot be used; images wait for it',
    up: 'The image storage is back; images continue',
    log,
    async probe() {
      await withDeadline(PROBE_MS, () => storage.check());
      // It takes the bytes of a probe before it takes an image.
      const failure = storageFailure();
      if (failure !== null) throw new Error(failure);
    },
  });
  const uploads = createOutage({
    down: 'The disk of DATA_DIR is full; uploads are refused',
    up: 'The disk of DATA_DIR has space again; uploads are taken',
    log,
    async probe() {
      if (spareOf(await diskSpace(uploadDirectory), limits.minFreeDiskBytes) < 0) throw new AppError('disk_full');
    },
  });
  onDatabaseLost((reason) => database.failed(reason));
  disposers.push(async () => {
    for (const each of [database, images, uploads]) each.stop();
  });

  return {
    database,
    images,
    /** For what runs in the background: an unreachable database is left to its outage. */
    log: withoutOutages(log, database),
    /** @param failure why images wait for the storage; null when they do not */
    watchStorage(failure: () => string | null): void {
      storageFailure = failure;
    },
    /** An answer to a call said that something is away. */
    answered(problem: AppError): void {
      if (problem.code === 'database_unavailable') database.failed(problem);
      else if (problem.code === 'storage_unavailable') images.failed(problem);
      else if (problem.code === 'disk_full') uploads.failed(problem);
    },
    /** A check that reports what it finds. */
    reporting: (outage: { failed(reason: unknown): void }, check: () => Promise<void>) => async (): Promise<void> => {
      await check().catch((error: unknown) => {
        outage.failed(error);
        throw error;
      });
    },
  };
};
