import { readFileSync } from 'node:fs';

interface Package {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock: { packages: Record<string, Package> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const withScript = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);

/** Each of them works without its script: what it needs comes as a package of its own. */
const KNOWN = ['@parcel/watcher', '@swc/core', 'esbuild'];

test('install scripts are not run', () => {
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('nothing that is shipped has an install script, and no new one has come to the rest', () => {
  const names = withScript.map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(names.sort()).toEqual(KNOWN);
  expect(withScript.filter(([, { dev }]) => dev !== true)).toEqual([]);
});
