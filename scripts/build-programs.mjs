/**
 * Replaces the programs in a folder of compiled modules by bundles: `node scripts/build-programs.mjs dist`. A service
 * loads 1,200 modules and each of its threads 300; from one file each, that takes half the time. See
 * docs/decisions/0068-bundled-programs.md.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const target = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const PROGRAMS = ['main', 'worker', path.join('cli', 'main')];
/** They load files next to their own, or only some users need them. */
const EXTERNAL = ['sharp', 'piscina', 'pino', 'libheif-js', 'mongodb-memory-server-core', '@aws-sdk/*', '@smithy/*'];
/** What the programs share, or load only when it is needed. In the folder itself, as some find files from there. */
const CHUNK = /^[\w-]+-[0-9A-Z]{8}\.js/;

for (const name of readdirSync(target).filter((one) => CHUNK.test(one))) rmSync(path.join(target, name));

await build({
  absWorkingDir: root,
  entryPoints: PROGRAMS.map((name) => ({ in: path.join(target, `${name}.js`), out: name })),
  outdir: target,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  external: EXTERNAL,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  // Some packages are CommonJS and load modules of Node.js.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  logLevel: 'warning',
});
