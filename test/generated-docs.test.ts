import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const PAGES = ['docs/architecture.md', 'docs/configuration.md', 'docs/errors.md', 'docs/http.md', 'docs/scaling.md'];

test('the generated parts of the docs are current', async () => {
  const options = { maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/docs/main.mjs', '--print'], options);
  const pages: Record<string, string> = JSON.parse(stdout);
  expect(Object.keys(pages).sort()).toEqual(PAGES);
  for (const [file, text] of Object.entries(pages)) {
    if (process.env.UPDATE_GENERATED === '1') await writeFile(file, text);
    else expect(await readFile(file, 'utf8')).toBe(text);
  }
});
