import { type RequestHandler, Router } from 'express';
import { openApiDocument } from './openapi/document.ts';
import { methodNotAllowed } from './problem.ts';

/** Open to everyone, keys or not: it tells nothing that the README does not. */
const PATHS = ['/docs', '/docs/openapi.json', '/openapi.json'];

/** The OpenAPI document of this very service. */
export const docsRoutes = (options: { readonly needsKey: boolean }): Router => {
  const text = JSON.stringify(openApiDocument(options));
  const document: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('application/json').send(text);
  };
  return Router().get(PATHS, document).all(PATHS, methodNotAllowed('GET', 'HEAD'));
};
