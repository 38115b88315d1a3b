import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { RequestHandler, Router } from 'express';
import { type DocumentOptions, openApiDocument } from '../openapi/document.ts';
import { type ReferenceAssets, referencePage } from '../reference/page.ts';
import { createRoutes, type Route } from '../routing.ts';

/** Public even with API keys: it contains nothing that the README does not. */
const DOCUMENT_PATHS = ['/docs/openapi.json', '/openapi.json'];

/** Compressed at every start, in milliseconds; the highest takes half a second. */
const BROTLI_QUALITY = 5;

export interface DocsDeps extends DocumentOptions {
  /** Where the build put the page (scripts/build-page.mjs); null: only the document is served. */
  readonly pageDirectory: string | null;
}

/** `/docs`, the reference page, and the OpenAPI document of this service that it shows. */
export const docsRoutes = ({ pageDirectory, ...options }: DocsDeps): Router => {
  const serve = (paths: readonly string[], type: string, text: string): Route => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    const packed = { br: brotliCompressSync(text, { params }), gzip: gzipSync(text) };
    const handler: RequestHandler = (req, res) => {
      // Revalidated on each use, because a new version can be deployed at any time.
      res.set({ 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' }).type(type);
      const encoding = req.acceptsEncodings('br', 'gzip', 'identity');
      if (encoding === 'br' || encoding === 'gzip') res.set('Content-Encoding', encoding).send(packed[encoding]);
      else res.send(text);
    };
    return [paths, { get: handler }];
  };
  const document = openApiDocument(options);
  const routes = [serve(DOCUMENT_PATHS, 'application/json', JSON.stringify(document))];
  if (pageDirectory !== null) {
    const assets = JSON.parse(readFileSync(join(pageDirectory, 'reference.json'), 'utf8')) as ReferenceAssets;
    routes.push(serve(['/docs'], 'html', referencePage(document, assets)));
  }
  const router = createRoutes(routes, { strict: true });
  if (pageDirectory !== null) router.get('/docs/', (_req, res) => res.redirect(308, '../docs'));
  return router;
};
