import { join } from 'node:path';
import { type RequestHandler, type Response, Router } from 'express';
import { type DocumentOptions, openApiDocument } from '../openapi/document.ts';
import { methodNotAllowed } from '../problem.ts';
import { referencePage, referenceScript, referenceStyle } from './reference-page.ts';

/** Open to everyone, keys or not: it tells nothing that the README does not. */
const DOCUMENT_PATHS = ['/docs/openapi.json', '/openapi.json'];
/** What the page needs of Swagger UI, and nothing else of its package. */
const PACKAGE_FILES = {
  '/docs/swagger-ui.css': 'swagger-ui.css',
  '/docs/swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  '/docs/favicon.png': 'favicon-32x32.png',
};

export interface DocsDeps extends DocumentOptions {
  /** Where the build put Swagger UI (scripts/build-page.mjs); null: there is the document alone. */
  readonly referenceDirectory: string | null;
}

/** `/docs`, the reference for people, and the OpenAPI document of this very service that it shows. */
export const docsRoutes = ({ referenceDirectory, ...options }: DocsDeps): Router => {
  const page: readonly [readonly string[], string, string][] = [
    [['/docs'], 'html', referencePage],
    [['/docs/reference.css'], 'css', referenceStyle],
    [['/docs/reference.js'], 'js', referenceScript],
  ];
  const router = Router({ strict: true });
  const serve = (paths: readonly string[], answer: (res: Response) => void): void => {
    const handler: RequestHandler = (_req, res) => {
      // Another version may come with the next start: each use asks whether what is kept is still right.
      res.set('Cache-Control', 'no-cache');
      answer(res);
    };
    router.get([...paths], handler).all([...paths], methodNotAllowed('GET', 'HEAD'));
  };
  const document = JSON.stringify(openApiDocument(options));
  serve(DOCUMENT_PATHS, (res) => res.type('application/json').send(document));
  if (referenceDirectory === null) return router;
  for (const [paths, type, text] of page) serve(paths, (res) => res.type(type).send(text));
  for (const [path, name] of Object.entries(PACKAGE_FILES)) {
    const file = join(referenceDirectory, name);
    serve([path], (res) => res.sendFile(file, { cacheControl: false }));
  }
  // Links on the page are relative to the place without a slash.
  router.get('/docs/', (_req, res) => res.redirect(308, '../docs'));
  return router;
};
