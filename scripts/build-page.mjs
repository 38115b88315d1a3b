/**
 * Bundles the page of src/web/ into a folder: `node scripts/build-page.mjs dist/web`. Scripts and styles carry a digest
 * in their names, so that browsers can cache them forever, and are precompressed. Includes the sample of samples/.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'src', 'web');
const target = path.resolve(process.argv[2] ?? path.join(root, 'dist', 'web'));
const assets = path.join(target, 'assets');
/** woff2 is compressed already. */
const COMPRESSED = /\.(js|css|svg)$/;

rmSync(target, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });

await build({
  absWorkingDir: root,
  entryPoints: ['app.ts', 'styles/main.css', 'styles/reference.css', 'icon.svg'].map((name) => path.join(source, name)),
  outdir: assets,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome116', 'firefox124', 'safari17.4'],
  loader: { '.woff2': 'file', '.svg': 'copy' },
  alias: { 'node:buffer': path.join(source, 'csv', 'buffer.ts') },
  inject: [path.join(source, 'csv', 'buffer.ts')],
  legalComments: 'linked',
  logLevel: 'warning',
});

const names = readdirSync(assets);
const named = (pattern) => {
  const name = names.find((one) => pattern.test(one));
  if (name === undefined) throw new Error(`the build made no file like ${pattern}`);
  return `/assets/${name}`;
};
const places = {
  icon: named(/^icon-.*\.svg$/),
  font: named(/^inter-latin-wght-normal-.*\.woff2$/),
  style: named(/^main-.*\.css$/),
  script: named(/^app-.*\.js$/),
};
const html = readFileSync(path.join(source, 'index.html'), 'utf8');
writeFileSync(
  path.join(target, 'index.html'),
  html.replace(/\{\{(icon|font|style|script)\}\}/g, (_, name) => places[name]),
);

for (const name of names.filter((one) => COMPRESSED.test(one))) {
  const bytes = readFileSync(path.join(assets, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(path.join(assets, `${name}.br`), brotliCompressSync(bytes, quality));
  writeFileSync(path.join(assets, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}

for (const name of ['products.csv', 'photos']) {
  cpSync(path.join(root, 'samples', name), path.join(target, 'samples', name), { recursive: true });
}

// The page at /docs is made by the service (src/http/reference), which needs to know the names.
const reference = { icon: places.icon, style: named(/^reference-.*\.css$/) };
writeFileSync(path.join(target, 'reference.json'), JSON.stringify(reference));
