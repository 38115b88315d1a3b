import { join } from 'node:path';
import type { RequestHandler, Response, Router } from 'express';
import { type DocumentOptions, openApiDocument } from '../openapi/document.ts';
import { createRoutes, type Route } from '../routing.ts';
import { referencePage, referenceScript, referenceStyle } from './reference-page.ts';

/** Public even with API keys: it contains nothing that the README does not. */
const DOCUMENT_PATHS = ['/docs/openapi.json', '/openapi.json'];
/** The files of Swagger UI that the page needs. */
const PACKAGE_FILES = {
  '/docs/swagger-ui.css': 'swagger-ui.css',
  '/docs/swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  '/docs/favicon.png': 'favicon-32x32.png',
};

export interface DocsDeps extends DocumentOptions {
  /** Where the build put Swagger UI (scripts/build-page.mjs); null: only the document is served. */
  readonly referenceDirectory: string | null;
}

/** `/docs`, the reference page, and the OpenAPI document of this service that it shows. */
export const docsRoutes = ({ referenceDirectory, ...options }: DocsDeps): Router => {
  const page: readonly [readonly string[], string, string][] = [
    [['/docs'], 'html', referencePage],
    [['/docs/reference.css'], 'css', referenceStyle],
    [['/docs/reference.js'], 'js', referenceScript],
  ];
  const serve = (paths: readonly string[], send: (res: Response) => void): Route => {
    const handler: RequestHandler = (_req, res) => {
      // Revalidated on each use, because a new version can be deployed at any time.
      res.set('Cache-Control', 'no-cache');
      send(res);
    };
    return [paths, { get: handler }];
  };
  const document = JSON.stringify(openApiDocument(options));
  const routes = [serve(DOCUMENT_PATHS, (res) => res.type('application/json').send(document))];
  if (referenceDirectory !== null) {
    routes.push(...page.map(([paths, type, text]) => serve(paths, (res) => res.type(type).send(text))));
    for (const [path, name] of Object.entries(PACKAGE_FILES)) {
      const file = join(referenceDirectory, name);
      routes.push(serve([path], (res) => res.sendFile(file, { cacheControl: false })));
    }
  }
  const router = createRoutes(routes, { strict: true });
  // Links on the page are relative to the path without a trailing slash.
  if (referenceDirectory !== null) router.get('/docs/', (_req, res) => res.redirect(308, '../docs'));
  return router;
};
