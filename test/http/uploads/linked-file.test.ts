import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FetchFile, fetchLinkedFile } from '../../../src/http/uploads/linked-file.ts';
import type { TemporaryFiles } from '../../../src/http/uploads/temporary-files.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>';
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'linked-file-'));
});
afterEach(() => rm(directory, { recursive: true }));

const fetched = (url: string, content: string) => {
  const files = { reserve: () => join(directory, 'file') } as TemporaryFiles;
  const fetchFile: FetchFile = async (_url, { file }) => {
    await writeFile(file, content);
    return { path: file, size: content.length };
  };
  return fetchLinkedFile(url, files, fetchFile, new AbortController().signal, () => {});
};

test.each([
  ['https://www.dropbox.com/scl/fi/a/products.csv?dl=0', 'Dropbox', 'this is a share page; use the direct link'],
  ['https://shop.sharepoint.com/:x:/g/abc', 'SharePoint', 'this is a share page; use the direct link'],
  ['https://shop.example/products.csv', 'web page', 'Use the direct link of the file'],
])('a page in place of the file of %s is named', async (url, ...parts) => {
  const error = await fetched(url, PAGE).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'file_not_fetched' });
  for (const part of parts) expect((error as { publicMessage: string }).publicMessage).toContain(part);
});

test('a file is passed on', async () => {
  expect(await fetched('https://www.dropbox.com/s/a/products.csv', 'SKU,Image\n')).toMatchObject({ size: 10 });
});

test('the question of Drive about a large file is named', async () => {
  const page = `<!DOCTYPE html><html><body><form id="download-form"></form></body></html>`;
  await expect(fetched('https://drive.google.com/file/d/1aBcDeFgHiJkLmNo/view', page)).rejects.toMatchObject({
    code: 'file_not_fetched',
    publicMessage: expect.stringContaining('asks to confirm the download'),
  });
});
