import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { ImageStore } from '../../requests/image-store.ts';
import type { RequestStore } from '../../requests/request-store.ts';
import { isFinal } from '../../requests/transitions.ts';
import { archiveEntries } from '../../results/archive.ts';
import { zip } from '../../results/zip.ts';
import type { Storage } from '../../storage/storage.ts';
import { findRequest } from '../find-request.ts';
import { methodNotAllowed } from '../problem.ts';
import type { ReadGuards } from '../readers/reading.ts';
import { isPrematureClose } from '../readers/stream-text.ts';

export interface ArchiveDeps {
  readonly requests: Pick<RequestStore, 'findFor'>;
  readonly images: ImageStore;
  readonly storage: Pick<Storage, 'read'>;
  readonly guards: Pick<ReadGuards, 'downloads'>;
}

/** `GET /api/archive/:requestId`: the outputs as a ZIP, written while it is read; a reader that leaves ends it. */
export const archiveRoutes = ({ requests, images, storage, guards }: ArchiveDeps): Router => {
  const find = findRequest(requests);

  const archive: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId, res);
    if (!isFinal(request.state)) throw new AppError('not_finished');
    res.set('Cache-Control', 'no-store').type('application/zip').attachment(`images-${request._id}.zip`);
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    try {
      await pipeline(Readable.from(zip(archiveEntries(images, storage, request)), { objectMode: false }), res);
    } catch (error) {
      if (!isPrematureClose(error)) throw error;
      req.log.debug({ requestId: request._id }, 'the reader of an archive left');
    }
  };
  return Router()
    .get('/api/archive/:requestId', ...guards.downloads, archive)
    .all('/api/archive/:requestId', methodNotAllowed('GET', 'HEAD'));
};
