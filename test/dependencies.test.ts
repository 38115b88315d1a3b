import { readFileSync } from 'node:fs';

interface Package {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock: { packages: Record<string, Package> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const withScript = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);

/** Each of them works without its script: what it needs comes as a package of its own. */
const KNOWN = ['@parcel/watcher', '@swc/core', 'esbuild'];

test('install scripts are not run: not by the set-up and the image, and by no npm that knows the list', () => {
  for (const file of ['scripts/prepare.mjs', 'Dockerfile']) {
    const text = readFileSync(file, 'utf8').replace(/[',\s]+/g, ' ');
    const [installs, safe] = [
      /(?:RUN npm|\\ npm|npm \[) ?ci /g,
      /(?:RUN npm|\\ npm|npm \[) ?ci (?:--\S+ )*--ignore-scripts /g,
    ].map((pattern) => text.match(pattern)?.length);
    expect([file, safe]).toEqual([file, installs]);
    expect(safe).toBeGreaterThan(0);
  }
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(allowScripts).toEqual(Object.fromEntries(KNOWN.map((name) => [name, false])));
});

test('nothing that is shipped has an install script, and no new one has come to the rest', () => {
  const names = withScript.map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(names.sort()).toEqual(KNOWN);
  expect(withScript.filter(([, { dev }]) => dev !== true)).toEqual([]);
});
