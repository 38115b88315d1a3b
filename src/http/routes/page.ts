import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { PageSettings } from '../page-settings.ts';
import { createRoutes } from '../routing.ts';

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
/** Names contain a digest of the content. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Replaced by the settings. */
const PLACEHOLDER = '"settings"</script>';

/**
 * `GET /` and its scripts, styles and font, served from memory as the build compressed them. Public: the page asks for
 * the key, and only the API's data needs protection.
 * @throws Error if the page was not built
 */
export const pageRoutes = ({ directory, settings }: PageDeps): Router => {
  const html = readFileSync(join(directory, 'index.html'), 'utf8');
  const assets = readAssets(join(directory, 'assets'));

  const page: RequestHandler = (_req, res) => {
    // JSON in a script element: an escaped `<` cannot end it.
    const json = JSON.stringify(settings()).replaceAll('<', '\\u003c');
    res
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(html.replace(PLACEHOLDER, () => `${json}</script>`));
  };

  const asset: RequestHandler = (req, res) => {
    const found = assets.get(String(req.params.name));
    if (found === undefined) throw new AppError('route_not_found');
    res.set({ 'Content-Type': found.type, 'Cache-Control': IMMUTABLE, Vary: 'Accept-Encoding' });
    const encoding = req.acceptsEncodings('br', 'gzip', 'identity');
    const encoded = encoding === 'br' || encoding === 'gzip' ? found.encoded[encoding] : undefined;
    if (encoded !== undefined) res.set('Content-Encoding', String(encoding));
    res.send(encoded ?? found.bytes);
  };

  return createRoutes([
    ['/', { get: page }],
    ['/assets/:name', { get: asset }],
  ]);
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
