/**
 * Writes the generated parts of the pages in docs/: everything between `<!-- generated: NAME -->` and `<!-- /generated -->`.
 * Reads the built service in dist/. With `--print` it prints the pages as JSON instead, for the test that they are current.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurationBlocks } from './configuration.mjs';
import { errorBlocks } from './errors.mjs';
import { folderBlocks } from './folders.mjs';
import { httpBlocks } from './http.mjs';
import { scalingBlocks } from './scaling.mjs';

const folder = path.resolve(import.meta.dirname, '../../docs');
const blocks = {
  ...{ ...configurationBlocks(), ...errorBlocks(), ...httpBlocks(), ...scalingBlocks() },
  ...(await folderBlocks()),
};
const BLOCK = /<!-- generated: ([\w:]+) -->[\s\S]*?<!-- \/generated -->/g;

const used = new Set();
const generated = (page) =>
  page.replace(BLOCK, (_block, name) => {
    if (blocks[name] === undefined) throw new Error(`nothing generates the block "${name}"`);
    used.add(name);
    return `<!-- generated: ${name} -->\n\n${blocks[name]}\n\n<!-- /generated -->`;
  });

const pages = {};
for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
  const text = readFileSync(path.join(folder, name), 'utf8');
  if (text.includes('<!-- generated: ')) pages[`docs/${name}`] = generated(text);
}
const unused = Object.keys(blocks).filter((name) => !used.has(name));
if (unused.length > 0) throw new Error(`no page in docs/ shows ${unused.join(', ')}`);

if (process.argv.includes('--print')) process.stdout.write(JSON.stringify(pages));
else for (const [file, text] of Object.entries(pages)) writeFileSync(path.join(folder, '..', file), text);
