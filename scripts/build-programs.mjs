/**
 * Replaces the programs in a folder of compiled modules by bundles: `node scripts/build-programs.mjs dist`. A service
 * loads 1,200 modules and each of its threads 300; from one file each, that takes half the time. See
 * docs/decisions/0068-bundled-programs.md.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * `keepNames` sets the name of every function again whenever it is made, also of closures, which are made for each image and
 * each command. Only renamed functions and classes need it, and constructors without a name; arrow functions do not.
 */
const SETS_NAME = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
const IS_FINE = 'target.name === value || (target.name === "" && target.prototype === undefined)';
const SETS_RENAMED = SETS_NAME.replace('=> __defProp', `=> ${IS_FINE} ? target : __defProp`);
const helpers = readdirSync(target)
  .filter((name) => CHUNK.test(name) && name.endsWith('.js'))
  .map((name) => ({ file: path.join(target, name), code: readFileSync(path.join(target, name), 'utf8') }))
  .filter(({ code }) => code.includes(SETS_NAME));
if (helpers.length !== 1) throw new Error(`The helper of keepNames is in ${helpers.length} chunks, not in one.`);
for (const { file, code } of helpers) writeFileSync(file, code.replace(SETS_NAME, SETS_RENAMED));
