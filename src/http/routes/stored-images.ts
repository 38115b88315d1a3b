import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import { OUTPUT_NAME, type Storage, type StoredObject } from '../../storage/storage.ts';
import { failsPrecondition } from '../preconditions.ts';
import { createRoutes } from '../routing.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * `GET /processed_images/:name` for outputs outside a local folder (decision 0018): a redirect to the public URL or a
 * newly signed one, otherwise the bytes through this service, with ranges and conditional requests.
 */
export const storedImageRoutes = (storage: Storage): Router => {
  const serve: RequestHandler = async (req, res) => {
    const name = String(req.params.name);
    if (!OUTPUT_NAME.test(name)) throw new AppError('image_not_found');
    const found = await storage.stat(name);
    if (found === null) throw new AppError('image_not_found');
    res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    const method = req.method === 'HEAD' ? 'HEAD' : 'GET';
    const elsewhere = storage.publicUrl(name) ?? (await storage.locate(name, method));
    if (elsewhere !== null) {
      // A signed URL expires, so its redirect must not be cached.
      res.set('Cache-Control', storage.publicUrl(name) === null ? 'no-store' : 'public, max-age=3600');
      res.redirect(302, elsewhere);
      return;
    }
    if (failsPrecondition(req, found)) throw new AppError('precondition_failed');
    res.set({
      ETag: found.etag,
      'Last-Modified': found.lastModified.toUTCString(),
      'Cache-Control': IMMUTABLE,
      'Accept-Ranges': 'bytes',
      'Content-Type': found.contentType,
    });
    if (req.fresh) {
      res.status(304).end();
      return;
    }
    const range = rangeOf(req, found);
    if (range === 'unsatisfiable') {
      res.set('Content-Range', `bytes */${found.size}`);
      throw new AppError('range_not_satisfiable');
    }
    if (range !== null) res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${found.size}`);
    res.set('Content-Length', String(range === null ? found.size : range.end - range.start + 1));
    if (method === 'HEAD') res.end();
    else await pipeline(await storage.read(name, range ?? undefined), res);
  };
  return createRoutes([['/processed_images/:name', { get: serve }]]);
};

/** The requested range (RFC 9110, 14.2); null, for the whole, if there are several, it is malformed or `If-Range` fails. */
const rangeOf = (req: Request, { size, etag }: StoredObject) => {
  const condition = req.get('if-range');
  if (condition !== undefined && condition !== etag) return null;
  const ranges = req.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
};
