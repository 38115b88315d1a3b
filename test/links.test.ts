import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const pagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const PAGES = ['.', 'docs', 'docs/decisions', 'bench', 'deploy', 'postman'].flatMap(pagesIn);

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every relative link of %s leads somewhere', (page) => {
  const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, src]) => link ?? src ?? '');
  const broken = targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      return !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor));
    });
  expect(broken).toEqual([]);
});

test.each(PAGES.filter((page) => !page.includes('CHANGELOG')))('%s names files that exist', (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(/`((?:src|test|scripts|bench|docs)\/[^`*<]*)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});

test('the index of the decisions lists each of them', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8');
  for (const page of pagesIn('docs/decisions').map((path) => basename(path))) {
    if (page !== 'README.md') expect(index).toContain(`](${page})`);
  }
});

test('the README can be read in one sitting', () => {
  expect(Buffer.byteLength(readFileSync('README.md'))).toBeLessThanOrEqual(14_336);
});
