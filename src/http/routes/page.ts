import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { PageSettings } from '../page-settings.ts';
import { methodNotAllowed } from '../problem.ts';

export interface PageDeps {
  /** Where the build put the page (scripts/build-page.mjs). */
  readonly directory: string;
  readonly settings: () => PageSettings;
}

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly encoded: Readonly<Partial<Record<'br' | 'gzip', Buffer>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** Names carry a digest of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Where the HTML has room for the settings. */
const PLACE = '"settings"</script>';

/**
 * `GET /` and its scripts, styles and font. A few files, held in memory and sent as the build compressed them. They are
 * open to everyone: the page asks for the key, and all that is worth guarding is behind it.
 * @throws Error when the page was not built
 */
export const pageRoutes = ({ directory, settings }: PageDeps): Router => {
  const html = readFileSync(join(directory, 'index.html'), 'utf8');
  const assets = readAssets(join(directory, 'assets'));

  const page: RequestHandler = (_req, res) => {
    // As JSON in a script element: `<` must not end that element.
    const json = JSON.stringify(settings()).replaceAll('<', '\\u003c');
    res
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(html.replace(PLACE, () => `${json}</script>`));
  };

  const asset: RequestHandler = (req, res) => {
    const found = assets.get(String(req.params.name));
    if (found === undefined) throw new AppError('route_not_found');
    res.set({ 'Content-Type': found.type, 'Cache-Control': FOR_EVER, Vary: 'Accept-Encoding' });
    const encoding = req.acceptsEncodings('br', 'gzip', 'identity');
    const encoded = encoding === 'br' || encoding === 'gzip' ? found.encoded[encoding] : undefined;
    if (encoded !== undefined) res.set('Content-Encoding', String(encoding));
    res.send(encoded ?? found.bytes);
  };

  return Router()
    .get('/', page)
    .all('/', methodNotAllowed('GET', 'HEAD'))
    .get('/assets/:name', asset)
    .all('/assets/:name', methodNotAllowed('GET', 'HEAD'));
};

const readAssets = (directory: string): ReadonlyMap<string, Asset> => {
  const names = readdirSync(directory);
  const read = (name: string): Buffer | undefined =>
    names.includes(name) ? readFileSync(join(directory, name)) : undefined;
  return new Map(
    names.flatMap((name): [string, Asset][] => {
      const type = TYPES[extname(name)];
      const br = read(`${name}.br`);
      const gzip = read(`${name}.gz`);
      const encoded = { ...(br && { br }), ...(gzip && { gzip }) };
      return type === undefined ? [] : [[name, { type, bytes: readFileSync(join(directory, name)), encoded }]];
    }),
  );
};
