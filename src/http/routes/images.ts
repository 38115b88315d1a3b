import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import { imageName } from '../parameters/reads.ts';
import { failsPrecondition } from '../preconditions.ts';
import { createRoutes } from '../routing.ts';

const ONE_YEAR_SECONDS = 31_536_000;

/** `GET /processed_images/:name` from a local folder: `ETag`, ranges, conditional requests, immutable caching. */
export const imageRoutes = (directory: string): Router => {
  const serve: RequestHandler = async (req, res) => {
    // Only names of outputs, so that no other file, in the folder or outside it, can be requested.
    const { success, data: name } = imageName.safeParse(req.params.name);
    if (!success) throw new AppError('image_not_found');
    const file = await stat(join(directory, name)).catch(() => null);
    if (file === null || !file.isFile()) throw new AppError('image_not_found');
    // A file is only ever replaced by identical bytes, so a strong validator is correct.
    const etag = `"${file.size.toString(16)}-${Math.trunc(file.mtimeMs).toString(16)}"`;
    if (failsPrecondition(req, { etag, lastModified: file.mtime })) throw new AppError('precondition_failed');
    res.set('ETag', etag);
    res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    await new Promise<void>((resolve, reject) => {
      res.sendFile(name, { root: directory, immutable: true, maxAge: ONE_YEAR_SECONDS * 1000 }, (error) => {
        if (error === undefined || error === null || res.headersSent) resolve();
        else reject(sendError(error));
      });
    });
  };
  return createRoutes([['/processed_images/:name', { get: serve }]]);
};

const sendError = (error: Error): Error => {
  if (!('status' in error)) return error;
  if (error.status === 412) return new AppError('precondition_failed');
  if (error.status === 416) return new AppError('range_not_satisfiable');
  return error.status === 404 ? new AppError('image_not_found') : error;
};
