import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import { createRoutes } from '../routing.ts';

/** Origin of the URLs in samples/products.csv, where `npm run samples` serves the photos. */
const SAMPLE_ORIGIN = 'http://127.0.0.1:8099/';
const ONE_HOUR_MS = 3_600_000;

/**
 * The sample CSV with URLs of this service, and its photos, so that the page can run a sample job offline.
 * @param base `<URL of this service>/samples/`
 */
export const sampleRoutes = (directory: string, base: () => string): Router => {
  const csv = readFileSync(join(directory, 'products.csv'), 'utf8');

  const table: RequestHandler = (_req, res) => {
    res
      .set('Cache-Control', 'no-cache')
      .type('text/csv')
      .send(csv.replaceAll(SAMPLE_ORIGIN, () => base()));
  };
  const photo: RequestHandler = (req, res, next) => {
    res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    const options = { root: join(directory, 'photos'), maxAge: ONE_HOUR_MS, dotfiles: 'deny' as const };
    res.sendFile(String(req.params.name), options, (error) => {
      if (error !== undefined && error !== null && !res.headersSent) next(new AppError('image_not_found'));
    });
  };
  return createRoutes([
    ['/samples/products.csv', { get: table }],
    ['/samples/:name', { get: photo }],
  ]);
};
