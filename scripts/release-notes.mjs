/** `node scripts/release-notes.mjs v1.2.3` prints the changelog's section of that version, which must be package.json's. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');

export const sectionOf = (changelog, version) => {
  const sections = changelog.split(/^## /m);
  const section = sections.find((one) => one.startsWith(`[${version}]`));
  return section?.split('\n').slice(1).join('\n').trim() || null;
};

const main = ([tag = '']) => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`) return `The tag is "${tag}", and the version in package.json is ${version}.`;
  const notes = sectionOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version);
  if (notes === null) return `CHANGELOG.md has no section [${version}].`;
  process.stdout.write(`${notes}\n`);
  return null;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const error = main(process.argv.slice(2));
  if (error !== null) {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
  }
}
