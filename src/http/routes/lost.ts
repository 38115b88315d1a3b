import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { requestId } from '../parameters/reads.ts';

const TEXT = `<div class="view">
        <h1>Page not found</h1>
        <p class="lead">This page doesn't exist. Check the address, or start from your jobs.</p>
        <p class="actions"><a class="button button-primary" href="/">Go to your jobs</a></p>
      </div>`;

/** A browser that goes to an address; programs that take anything get a problem document. */
const isNavigation: (...args: Parameters<RequestHandler>) => boolean = (req) =>
  (req.method === 'GET' || req.method === 'HEAD') && req.accepts(['json', 'html']) === 'html';

/** What lies from one text to another, both included, becomes a third one. */
const replaced = (text: string, from: string, to: string, by: string): string => {
  const [before = '', ...rest] = text.split(from);
  return before + by + rest.join(from).split(to).slice(1).join(to);
};

/**
 * Addresses that people type: `/requests/<id>` leads to the page, and another one that does not exist gets a page that says
 * so, without repeating it.
 */
export const lostRoutes = (directory: string): Router => {
  const html = readFileSync(join(directory, 'index.html'), 'utf8');
  const page = [
    ['<script type="application/json"', '</script>', ''],
    ['<script type="module"', '</script>', ''],
    ['<noscript>', '</noscript>', TEXT],
  ]
    .reduce((text, [from = '', to = '', by = '']) => replaced(text, from, to, by), html)
    .replace('<title>', '<title>Not found · ')
    .replace('href="#/"', 'href="/"');

  const router = Router();
  router.get('/requests/:requestId', (req, res, next) => {
    const { success, data } = requestId.safeParse(req.params.requestId);
    if (!success || !isNavigation(req, res, next)) return next();
    res.set('Cache-Control', 'no-store').vary('Accept').redirect(302, `../#/requests/${data.toLowerCase()}`);
  });
  router.use((req, res, next) => {
    if (!isNavigation(req, res, next)) return next();
    res.status(404).set('Cache-Control', 'no-store').vary('Accept').type('html').send(page);
  });
  return router;
};
