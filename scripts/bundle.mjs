/** Bundles TypeScript programs that share code with the tests; packages stay external. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './prepare.mjs';

/** Loads `test/<name>/main.ts`; resolves to what it exports. */
export const loadFromTests = async (name) => {
  const folder = path.join(root, 'node_modules', '.cache', `${name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, 'main.mjs');
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(root, 'test', name, 'main.ts')],
    ...{ outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm', sourcemap: 'inline' },
    logLevel: 'warning',
  });
  const loaded = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true, force: true });
  return loaded;
};
