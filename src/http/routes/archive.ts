import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { ImageStore } from '../../requests/image-store.ts';
import type { RequestStore } from '../../requests/request-store.ts';
import { isFinal } from '../../requests/transitions.ts';
import { archiveEntries } from '../../results/archive.ts';
import { downloadName } from '../../results/download-names.ts';
import { zip } from '../../results/zip.ts';
import type { Storage } from '../../storage/storage.ts';
import { findRequest } from '../find-request.ts';
import { archiveQuery } from '../parameters/reads.ts';
import { readFields } from '../parameters/values.ts';
import type { ReadGuards } from '../readers/reading.ts';
import { isPrematureClose } from '../readers/stream-text.ts';
import { createRoutes } from '../routing.ts';

export interface ArchiveDeps {
  readonly requests: Pick<RequestStore, 'findFor'>;
  readonly images: ImageStore;
  readonly storage: Pick<Storage, 'read'>;
  readonly guards: Pick<ReadGuards, 'downloads'>;
}

/** `GET /api/archive/:requestId`: streams the outputs as a ZIP until the client disconnects. */
export const archiveRoutes = ({ requests, images, storage, guards }: ArchiveDeps): Router => {
  const find = findRequest(requests);

  const archive: RequestHandler = async (req, res) => {
    const { names } = readFields(archiveQuery, req.query);
    const request = await find(req.params.requestId, res);
    if (!isFinal(request.state)) throw new AppError('not_finished');
    res
      .set('Cache-Control', 'no-store')
      .type('application/zip')
      .attachment(downloadName(request, 'images', 'zip'));
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    try {
      await pipeline(Readable.from(zip(archiveEntries(images, storage, request, names)), { objectMode: false }), res);
    } catch (error) {
      if (!isPrematureClose(error)) throw error;
      req.log.debug({ requestId: request._id }, 'the client disconnected during an archive download');
    }
  };
  return createRoutes([['/api/archive/:requestId', { get: [...guards.downloads, archive] }]]);
};
