import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CODE_SAMPLES } from '../../src/http/openapi/code-samples.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

const run = promisify(execFile);
const GENERATED = 'src/http/openapi/code-samples.ts';
/** The samples in the reference and how to run them. */
const SAMPLES = [
  { lang: 'Shell', label: 'curl: upload, follow, fetch', file: 'upload.sh', program: 'sh' },
  { lang: 'JavaScript', label: 'JavaScript: upload, follow, fetch', file: 'upload.mjs', program: process.execPath },
  { lang: 'Python', label: 'Python: upload, follow, fetch', file: 'upload.py', program: 'python3' },
];
const KEY = 'samples-key-0123456789';

let service: TestService;
let pictures: ImageServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samples-'));
  pictures = await ImageServer.start();
  pictures.on('/mug.jpg', ok(await makeImage('jpeg')));
  service = await startTestService({ API_KEYS: KEY });
});
afterAll(async () => {
  await service.close();
  await pictures.close();
  await rm(directory, { recursive: true });
});

const sources = () =>
  Promise.all(
    SAMPLES.map(async ({ lang, label, file }) => ({
      ...{ lang, label },
      source: await readFile(join('samples/clients', file), 'utf8'),
    })),
  );

test('the reference has the current samples of samples/clients', async () => {
  if (process.env.UPDATE_GENERATED === '1') {
    const shells =
      '// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are programs of other languages.';
    const comment = '/** The files of samples/clients; written by `npm run generate`. */';
    await writeFile(
      GENERATED,
      `${shells}\n\n${comment}\nexport const CODE_SAMPLES = ${JSON.stringify(await sources(), null, 2)};\n`,
    );
    return;
  }
  expect(CODE_SAMPLES).toEqual(await sources());
  const document = await (await fetch(`${service.url}/docs/openapi.json`)).json();
  expect(document).toMatchObject({ paths: { '/api/upload': { post: { 'x-codeSamples': CODE_SAMPLES } } } });
});

const sample = async (file: string, program: string, csv: string, key = KEY) => {
  const [input, output] = ['in.csv', `${file}.csv`].map((name) => join(directory, name)) as [string, string];
  await writeFile(input, csv);
  const env = { ...process.env, SERVICE: service.url, API_KEY: key };
  const { stdout } = await run(program, [join('samples/clients', file), input, output], { env, timeout: 20_000 });
  return { stdout, output: await readFile(output, 'utf8') };
};
const csvOf = (url: string) => `S. No.,Product Name,Input Image Urls\n1,Mug,${url}\n`;

test.each(SAMPLES)('$file uploads, follows and fetches', async ({ file, program }) => {
  const { stdout, output } = await sample(file, program, csvOf(pictures.url('/mug.jpg')));
  expect(stdout).toContain('completed');
  expect(output).toMatch(/^S\. No\.,.*,Output Image Urls\r?\n1,Mug,\S+,http:\S+\.jpg\r?\n$/);
});

test.each(SAMPLES)('$file prints the error and fails', async ({ file, program }) => {
  const invalid = sample(file, program, csvOf('ftp://x.example/a.jpg'));
  await expect(invalid).rejects.toMatchObject({
    code: expect.any(Number),
    stderr: expect.stringContaining('csv_invalid'),
  });
  const wrongKey = sample(file, program, csvOf(pictures.url('/mug.jpg')), 'wrong-key-0123456789');
  await expect(wrongKey).rejects.toMatchObject({ stderr: expect.stringContaining('unauthorized') });
});
